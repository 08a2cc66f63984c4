import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, it } from 'vitest';
import { exitCodeOf } from '../../cli/errors.ts';
import { call, fileIn, temporaryFolder } from './support.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const FIXTURE = join(PROJECT, 'test/fixtures/bundle-v0.1');
const BUNDLE = readdirSync(FIXTURE).find((name) => name.endsWith('.evidence.json')) ?? '';
const KEY = ['--key', 'taskbound.pub.pem'];
const TRAIL = ['--trail', 'trail', '--trail-keys', 'trail/public-keys.json'];
const PROGRAM = join(PROJECT, 'bin/taskbound.ts');

/** Commands with a verdict as their exit code, and that code when the verdict is delivered. */
const VERDICTS: readonly [code: number, argv: readonly string[]][] = [
  [0, ['verify', BUNDLE, ...KEY]],
  [1, ['verify', 'wrong.json', ...KEY, '--json']],
  [4, ['verify', BUNDLE]],
  [0, ['audit', BUNDLE, ...KEY, ...TRAIL, '--json']],
  [0, ['controls', BUNDLE, ...KEY]],
  [0, ['report', BUNDLE, ...KEY, '--json']],
  [0, ['--help']],
  [0, ['--version']],
];

/** A copy of a bundle with its files, so that `report` writes nothing into the fixture. */
async function evidenceFolder(): Promise<string> {
  const folder = await temporaryFolder();
  spawnSync('cp', ['-r', `${FIXTURE}/.`, folder]);
  const bundle = await readFile(join(folder, BUNDLE), 'utf8');
  await fileIn(folder, 'wrong.json', bundle.replace('case-response', 'case-responsf'));
  return folder;
}

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

/** Runs the command in a process of its own, with standard output going to `output`. */
function runInto(cwd: string, argv: readonly string[], output: number | 'closed pipe'): Promise<Ended> {
  const stdout = output === 'closed pipe' ? 'pipe' : output;
  const child = spawn(process.execPath, [PROGRAM, ...argv], { cwd, stdio: ['ignore', stdout, 'pipe'] });
  child.stdout?.destroy();
  let stderr = '';
  child.stderr?.on('data', (data) => (stderr += String(data)));
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, stderr }));
  });
}

describe('a result that cannot be delivered is no verdict', () => {
  it.each(VERDICTS)('%d %j: exit 2 when the pipe is closed', async (_code, argv) => {
    const { code, stderr } = await runInto(await evidenceFolder(), argv, 'closed pipe');
    expect(stderr).toMatch(
      /the result was not delivered, because standard output cannot be written: .*EPIPE/,
    );
    expect({ code, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 2, lines: 1 });
  });

  const [verified, wrong, consistent, enforced] = VERDICTS;
  const some = [verified, wrong, consistent, enforced].filter((verdict) => verdict !== undefined);

  it.skipIf(!existsSync('/dev/full')).each(some)(
    '%d %j: exit 2 when the disk is full',
    async (_code, argv) => {
      const full = openSync('/dev/full', 'w');
      try {
        const { code, stderr } = await runInto(await evidenceFolder(), argv, full);
        expect(stderr).toMatch(/standard output cannot be written: .*ENOSPC/);
        expect({ code, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 2, lines: 1 });
      } finally {
        closeSync(full);
      }
    },
  );

  it('exit 2 when the file takes only a part of the result', async () => {
    const folder = await evidenceFolder();
    // A file may have one block of 512 or 1024 bytes, so a write of more writes a part and reports no error.
    const script = `trap '' XFSZ; ulimit -f 1; exec "$0" "$@" > result.json`;
    const argv = [process.execPath, PROGRAM, 'audit', BUNDLE, ...KEY, ...TRAIL, '--json'];
    const { status, stderr } = spawnSync('sh', ['-c', script, ...argv], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toMatch(/standard output cannot be written: .*EFBIG/);
    expect(status).toBe(2);
    expect((await readFile(join(folder, 'result.json'))).length).toBeLessThanOrEqual(1024);
  });

  it.each(some)(
    '%d %j: the verdict when it is delivered, even if nobody reads progress',
    async (expected, argv) => {
      const folder = await evidenceFolder();
      const file = openSync(join(folder, 'result'), 'w');
      const child = spawn(process.execPath, [PROGRAM, ...argv], {
        cwd: folder,
        stdio: ['ignore', file, 'pipe'],
      });
      child.stderr?.destroy();
      const code = await new Promise((resolve) => child.on('close', resolve));
      closeSync(file);
      expect(code).toBe(expected);
      expect(await readFile(join(folder, 'result'), 'utf8')).toMatch(/\n$/);
    },
  );
});

describe('what a command did remains', () => {
  const outFailure = async () => new Error('EPIPE: broken pipe, write');

  it('run: 1, and not 2, which would mean that no task exists', async () => {
    const file = join(PROJECT, 'sample/requests/object-transfer.json');
    const where = ['--local', '--assembly', inject('assemblies').sample];
    const argv = ['run', file, ...where, '--seed', join(PROJECT, 'sample/seed')];
    const { code, stderr } = await call(await temporaryFolder(), argv, { outFailure });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /was not delivered, because .*EPIPE.* The effects of run remain: see taskbound list\.\n$/,
    );
  });

  it('list: 2, because it can be called again', async () => {
    const argv = ['list', '--assembly', inject('assemblies').sample];
    const { code } = await call(await temporaryFolder(), argv, { outFailure });
    expect(code).toBe(2);
  });
});

it.each(['verify', 'audit', 'report', 'controls'])(
  'an unexpected error of %s is no verdict: exit 2',
  (command) => {
    expect(exitCodeOf(new TypeError('x is not a function'), command)).toBe(2);
    expect(exitCodeOf(new TypeError('x is not a function'), 'run')).toBe(1);
  },
);
