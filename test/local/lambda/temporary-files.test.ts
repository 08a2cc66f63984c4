import { afterEach, describe, expect, it } from 'vitest';
import { lambdaFixture, START_MS } from './fixture.ts';

let open: ReturnType<typeof lambdaFixture> | undefined;
const fixture = () => (open = lambdaFixture());
afterEach(() => open?.host.close());

/** What the body returns, or the name and code of its error. */
async function ran(body: string, more = {}): Promise<unknown> {
  const { run } = fixture();
  const source = `
    const fs = require('node:fs'), promises = require('node:fs/promises'), { promisify } = require('node:util');
    try { ${body} } catch (error) { return { code: error.code, message: error.message, isError: error instanceof Error }; }`;
  const { payload, error } = await run(source, {}, more);
  expect(error).toBeUndefined();
  return JSON.parse(payload);
}

describe('/tmp', () => {
  it.each([
    ['sync', `fs.writeFileSync('/tmp/a', 'text'); return fs.readFileSync('/tmp/a', 'utf8');`],
    [
      'promises',
      `await promises.writeFile('/tmp/a', 'text'); return promises.readFile('/tmp/a', { encoding: 'utf8' });`,
    ],
    [
      'fs.promises',
      `await fs.promises.writeFile('/tmp/a', 'text'); return String(await fs.promises.readFile('/tmp/a'));`,
    ],
    [
      'callbacks',
      `await promisify(fs.writeFile)('/tmp/a', Buffer.from('text')); return promisify(fs.readFile)('/tmp/a', 'utf8');`,
    ],
    [
      'streams',
      `const { pipeline } = require('node:stream/promises');
       await pipeline(async function* () { yield 'te'; yield 'xt'; }, fs.createWriteStream('/tmp/a'));
       let text = ''; for await (const chunk of fs.createReadStream('/tmp/a')) text += chunk; return text;`,
    ],
    [
      'appending',
      `fs.appendFileSync('/tmp/a', 'te'); fs.appendFileSync('/tmp/a', 'xt'); return fs.readFileSync('/tmp/./a', 'utf8');`,
    ],
    [
      'the flag a',
      `fs.writeFileSync('/tmp/a', 'te'); fs.writeFileSync('/tmp/a', 'xt', { flag: 'a' }); return fs.readFileSync('/tmp/a', 'utf8');`,
    ],
    [
      'copying',
      `fs.writeFileSync('/tmp/b', 'text'); fs.copyFileSync('/tmp/b', '/tmp/a'); return fs.readFileSync('/tmp/a', 'utf8');`,
    ],
    [
      'renaming',
      `fs.writeFileSync('/tmp/b', 'text'); fs.renameSync('/tmp/b', '/tmp/a'); return [fs.readFileSync('/tmp/a', 'utf8'), ...fs.readdirSync('/tmp').slice(1)].join();`,
    ],
    [
      'a file URL',
      `fs.writeFileSync(new URL('file:///tmp/a'), 'text'); return fs.readFileSync('/tmp/a', 'utf8');`,
    ],
  ])('keeps what is written with %s', async (_name, body) => {
    expect(await ran(body)).toBe('text');
  });

  it('has folders', async () => {
    const body = `
      const made = fs.mkdirSync('/tmp/a/b/c', { recursive: true });
      fs.writeFileSync('/tmp/a/b/c/file', 'x');
      fs.renameSync('/tmp/a/b', '/tmp/moved');
      const kinds = fs.readdirSync('/tmp', { withFileTypes: true }).map((each) => [each.name, each.isDirectory()]);
      const deep = fs.readdirSync('/tmp', { recursive: true });
      const own = fs.mkdtempSync(require('node:os').tmpdir() + '/own-');
      fs.rmdirSync('/tmp/a');
      fs.rmSync('/tmp/moved', { recursive: true });
      return { made, kinds, deep, own: fs.readdirSync('/tmp').join() === own.slice(5), there: fs.existsSync('/tmp/moved') };`;
    expect(await ran(body)).toEqual({
      made: '/tmp/a',
      kinds: [
        ['a', true],
        ['moved', true],
      ],
      deep: ['a', 'moved', 'moved/c', 'moved/c/file'],
      own: true,
      there: false,
    });
  });

  it('tells size and time', async () => {
    const body = `
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      fs.writeFileSync('/tmp/a', 'four');
      const { size, mtimeMs, mtime } = fs.statSync('/tmp/a');
      return { size, mtimeMs, mtime, isFile: fs.lstatSync('/tmp/a').isFile(), isFolder: (await promises.stat('/tmp')).isDirectory() };`;
    expect(await ran(body)).toEqual({
      size: 4,
      mtimeMs: START_MS + 1_000,
      mtime: new Date(START_MS + 1_000).toISOString(),
      isFile: true,
      isFolder: true,
    });
  });

  it.each([
    ['reading nothing', `fs.readFileSync('/tmp/none')`, 'ENOENT'],
    ['reading a folder', `await promises.readFile('/tmp')`, 'EISDIR'],
    ['listing a file', `fs.writeFileSync('/tmp/a', ''); fs.readdirSync('/tmp/a')`, 'ENOTDIR'],
    ['writing where no folder is', `fs.writeFileSync('/tmp/a/b', '')`, 'ENOENT'],
    ['writing below a file', `fs.writeFileSync('/tmp/a', ''); fs.writeFileSync('/tmp/a/b', '')`, 'ENOTDIR'],
    ['replacing a folder by a file', `fs.mkdirSync('/tmp/a'); fs.writeFileSync('/tmp/a', '')`, 'EISDIR'],
    ['making a folder twice', `fs.mkdirSync('/tmp/a'); fs.mkdirSync('/tmp/a')`, 'EEXIST'],
    [
      'the flag wx on a file',
      `fs.writeFileSync('/tmp/a', ''); fs.writeFileSync('/tmp/a', '', { flag: 'wx' })`,
      'EEXIST',
    ],
    [
      'removing a folder that is not empty',
      `fs.mkdirSync('/tmp/a/b', { recursive: true }); fs.rmdirSync('/tmp/a')`,
      'ENOTEMPTY',
    ],
    ['removing a folder as a file', `fs.mkdirSync('/tmp/a'); fs.rmSync('/tmp/a')`, 'EISDIR'],
    ['removing nothing', `await promisify(fs.unlink)('/tmp/a')`, 'ENOENT'],
    ['writing what is no text', `fs.writeFileSync('/tmp/a', { a: 1 })`, 'ERR_INVALID_ARG_TYPE'],
    ['writing above its size', `fs.writeFileSync('/tmp/a', Buffer.alloc(1024 * 1024 + 1))`, 'ENOSPC'],
    ['a link', `fs.symlinkSync('/etc/passwd', '/tmp/a')`, 'ERR_ACCESS_DENIED'],
    ['a copy from elsewhere', `fs.copyFileSync('/etc/passwd', '/tmp/a')`, 'ERR_ACCESS_DENIED'],
    ['a path that leads out', `fs.readFileSync('/tmp/../etc/passwd')`, 'ENOENT'],
    ['a write that leads out', `fs.writeFileSync('/tmp/../var/x', '')`, 'ERR_ACCESS_DENIED'],
  ])('refuses %s', async (_name, body, code) => {
    expect(await ran(body, { temporaryMb: 1 })).toMatchObject({ code, isError: true });
  });

  it('gives back the room of what is removed or replaced', async () => {
    const body = `
      const half = Buffer.alloc(600 * 1024);
      for (let turn = 0; turn < 3; turn += 1) { fs.writeFileSync('/tmp/a', half); fs.writeFileSync('/tmp/a', half); fs.rmSync('/tmp/a'); }
      return fs.readdirSync('/tmp');`;
    expect(await ran(body, { temporaryMb: 1 })).toEqual([]);
  });
});
