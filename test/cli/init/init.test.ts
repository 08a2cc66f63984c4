import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appNameOf } from '../../../cli/init/app-name.ts';
import { appPackage } from '../../../cli/init/app-package.ts';
import { writeApp } from '../../../cli/init/write-app.ts';
import { ownPackage } from 'taskbound-evidence/command/own-package';
import { call, temporaryFolder } from '../support.ts';

const FILES = [
  '.gitignore',
  'README.md',
  'answer-case/answer-case.test.ts',
  'answer-case/answer-case.ts',
  'answer-case/handler.ts',
  'answer-case/local.test.ts',
  'answer-case/parameters.ts',
  'app.ts',
  'cdk.json',
  'package.json',
  'request.json',
  'seed/dynamodb/cases.json',
  'support-stack.ts',
  'tsconfig.json',
];

/** The files below a folder, sorted. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

describe('init', () => {
  it('writes the app, and prints its files and the next steps', async () => {
    const folder = await temporaryFolder();
    const { code, stdout, stderr } = await call(folder, ['init', 'apps/support']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Writing the app support to apps/support\n' });
    expect(await filesIn(join(folder, 'apps/support'))).toEqual(FILES);
    for (const file of FILES) expect(stdout).toContain(`  ${file}\n`);
    expect(stdout.slice(stdout.indexOf('Next steps'))).toMatch(
      /^Next steps:\n {2}cd apps\/support\n {2}npm install\n {2}npm test\n {2}npx taskbound plan request\.json\n {2}npx taskbound run request\.json --local --seed seed --out out\n/,
    );
  });

  it('prints one JSON document with --json', async () => {
    const folder = await temporaryFolder();
    const { stdout } = await call(folder, ['init', 'support', '--name', '@mine/cases', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      name: '@mine/cases',
      directory: join(folder, 'support'),
      files: FILES,
      nextSteps: expect.arrayContaining(['cd support', 'npm install', 'npm test']),
    });
  });

  it('names the package after the folder, or as --name says', async () => {
    const folder = await temporaryFolder();
    const nameIn = async (dir: string) =>
      JSON.parse(await readFile(join(folder, dir, 'package.json'), 'utf8')).name;
    await call(folder, ['init', 'my-app']);
    await call(folder, ['init', 'My App', '--name', 'other']);
    expect([await nameIn('my-app'), await nameIn('My App')]).toEqual(['my-app', 'other']);
  });

  it('is 1, and not 2, when its output cannot be delivered: the app is there', async () => {
    const folder = await temporaryFolder();
    const outFailure = async () => new Error('EPIPE');
    const { code, stderr } = await call(folder, ['init', 'support'], { outFailure });
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/EPIPE.*The effects of init remain\.\n$/),
    });
    expect(await filesIn(join(folder, 'support'))).toEqual(FILES);
  });

  it('quotes the folder in the next steps', async () => {
    const { stdout } = await call(await temporaryFolder(), ['init', "it's mine", '--name', 'mine']);
    expect(stdout).toContain(`  cd 'it'\\''s mine'\n`);
  });

  it('writes into an empty folder, into the working directory, and beside .git', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'here/.git'), { recursive: true });
    const { code, stdout, stderr } = await call(join(folder, 'here'), ['init', '.']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Writing the app here to .\n' });
    expect(stdout).not.toContain('  cd ');
    expect(await filesIn(join(folder, 'here'))).toEqual(FILES);
  });
});

describe('init refuses, and writes nothing', () => {
  it('a folder that is not empty, and lists what is there', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'full/src'), { recursive: true });
    for (const name of ['a.ts', 'b.ts', 'c.ts', 'd.ts', 'e.ts'])
      await writeFile(join(folder, 'full', name), '');
    const { code, stderr } = await call(folder, ['init', 'full']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'taskbound: full is not empty: it has a.ts, b.ts, c.ts, d.ts, e.ts and 1 more. Name a new or empty folder. Nothing was written.\n',
    });
    expect((await readdir(join(folder, 'full'))).length).toBe(6);
  });

  it.each([
    ['a file', 'file', /^taskbound: file is a file; it must be a folder, or not exist yet\./],
    ['a folder below a file', 'file/app', /^taskbound: file\/app cannot be written: ENOTDIR/],
    ['a link that leads nowhere', 'link', /\ntaskbound: link cannot be written: ENOENT/],
    ['an empty name', '', /^taskbound: The folder is "".*Name a folder/],
  ])('%s', async (_what, dir, message) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), 'mine');
    await symlink('nowhere/at/all', join(folder, 'link'));
    const { code, stderr, stdout } = await call(folder, ['init', dir]);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect((await readdir(folder)).sort()).toEqual(['file', 'link']);
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('mine');
  });

  it('a name that npm does not accept', async () => {
    const folder = await temporaryFolder();
    const { code, stderr } = await call(folder, ['init', 'My App', '--json']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^taskbound: The package name is "My App", from the folder; .*--name my-app/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('to go on after a file that cannot be written, and removes the others', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'app/.git'), { recursive: true });
    const files = new Map([
      ['a/b/one.ts', '1'],
      ['two.ts', '2'],
      ['two.ts/three.ts', '3'],
    ]);
    for (const dir of ['app', 'new/app'])
      await expect(writeApp(join(folder, dir), dir, files)).rejects.toThrow(
        /cannot be written: E\w+.*Nothing was written/,
      );
    expect(await readdir(folder)).toEqual(['app']);
    expect(await readdir(join(folder, 'app'))).toEqual(['.git']);
  });

  it.skipIf(process.getuid?.() === 0)('a folder that this user may not change', async () => {
    const folder = await temporaryFolder();
    await chmod(folder, 0o500);
    expect(await call(folder, ['init', 'app'])).toMatchObject({ code: 2, stderr: /EACCES/ });
  });
});

describe('the name of the package', () => {
  it.each(['a', 'my-app', 'app_2', '1.x', '@scope/app'])('%s', (name) => {
    expect(appNameOf('/somewhere/dir', name)).toBe(name);
  });

  it.each([
    ['', 'the folder’s own name'],
    ['Upper', 'upper'],
    ['.hidden', 'hidden'],
    ['a b', 'a-b'],
    ['@scope', 'scope'],
    ['a/b', 'a-b'],
    ['node_modules', 'my-app'],
    ['taskbound', 'my-app'],
    ['constructs', 'my-app'],
    ['x'.repeat(215), 'x'.repeat(214)],
    ['ü', 'my-app'],
  ])('%j is refused', (name, better) => {
    const text = /’/.test(better) ? /--name my-app/ : new RegExp(`--name ${better}[ .]`);
    expect(() => appNameOf('/somewhere/dir', name)).toThrow(text);
  });
});

describe('the package.json of the app', () => {
  it('has the versions of this package', () => {
    const { dependencies, devDependencies } = appPackage('mine');
    const own = ownPackage(import.meta.url);
    const all = { ...own.peerDependencies, ...own.dependencies, ...own.devDependencies };
    const { taskbound, ...others } = { ...dependencies, ...devDependencies };
    expect(taskbound).toBe(`^${own.version}`);
    for (const [name, range] of Object.entries(others)) expect([name, range]).toEqual([name, all[name]]);
  });

  it('has everything that the files of the app import', async () => {
    const folder = await temporaryFolder();
    await call(folder, ['init', 'app']);
    const imports = execFileSync('grep', ['-rhoE', "from '[^.][^']*'", join(folder, 'app')], {
      encoding: 'utf8',
    });
    const packages = new Set(
      imports
        .trim()
        .split('\n')
        .map((line) => line.slice(6, -1))
        .map((name) =>
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        ),
    );
    const { dependencies, devDependencies } = appPackage('mine');
    const declared = Object.keys({ ...dependencies, ...devDependencies });
    expect(declared).toEqual(expect.arrayContaining([...packages]));
    const notImported = ['@types/node', 'aws-cdk', 'typescript'];
    expect(declared.filter((name) => !packages.has(name)).sort()).toEqual(notImported);
  });
});
