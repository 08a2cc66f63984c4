import { mkdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { appDigest } from '../../../../cli/app/cache/app-digest.ts';
import { FilesDigest } from '../../../../cli/app/cache/digest-files.ts';
import { gitState } from '../../../../cli/app/cache/git-state.ts';
import { temporaryFolder } from '../../support.ts';

const COMMANDS = { app: 'node app.js' };
const ENV = { PATH: process.env['PATH'] ?? '', MINE: 'a' };

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** A workspace with an app, an installed package, a linked package of the workspace and one from elsewhere. */
async function workspace(): Promise<{
  readonly root: string;
  readonly app: string;
  readonly elsewhere: string;
}> {
  const root = await temporaryFolder();
  const elsewhere = await temporaryFolder();
  const app = join(root, 'apps/shop');
  const files = {
    [join(root, 'package-lock.json')]: '{}',
    [join(root, '.git/HEAD')]: 'ref: refs/heads/main',
    [join(root, '.git/refs/heads/main')]: 'commit',
    [join(root, 'shared/index.js')]: 'shared',
    [join(root, 'node_modules/dep/index.js')]: 'installed',
    [join(root, 'node_modules/.package-lock.json')]: '{}',
    [join(app, 'cdk.json')]: '{ "app": "node app.js" }',
    [join(app, 'cdk.context.json')]: '{}',
    [join(app, 'app.js')]: 'source',
    [join(app, 'assets/page.html')]: 'asset',
    [join(elsewhere, 'package.json')]: '{}',
    [join(elsewhere, 'index.js')]: 'linked',
  };
  for (const [path, content] of Object.entries(files)) await write(path, content);
  await symlink(join(root, 'shared'), join(root, 'node_modules/shared'));
  await symlink(elsewhere, join(root, 'node_modules/elsewhere'));
  return { root, app, elsewhere };
}

type Workspace = Awaited<ReturnType<typeof workspace>>;

async function digestsAround(change: (where: Workspace) => Promise<unknown>, env = ENV, later = env) {
  const where = await workspace();
  const before = appDigest(COMMANDS, { cwd: where.app, env });
  await change(where);
  return { before, after: appDigest(COMMANDS, { cwd: where.app, env: later }) };
}

/** Another content of the same length, with the time of the file as it was. */
async function editSecretly(path: string): Promise<void> {
  const { atime, mtime } = await stat(path);
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(/^./, 'X'));
  await utimes(path, atime, mtime);
}

afterEach(() => void vi.unstubAllEnvs());

describe('the digest of an app', () => {
  it.each<[string, (where: Workspace) => Promise<unknown>]>([
    ['a source', ({ app }) => editSecretly(join(app, 'app.js'))],
    ['a new source', ({ app }) => write(join(app, 'lib/more.js'), '')],
    ['a removed source', ({ app }) => rm(join(app, 'assets/page.html'))],
    ['a renamed source', ({ app }) => rename(join(app, 'app.js'), join(app, 'main.js'))],
    ['an asset', ({ app }) => editSecretly(join(app, 'assets/page.html'))],
    ['a hidden file', ({ app }) => write(join(app, '.env'), 'A=1')],
    ['what a build wrote', ({ app }) => write(join(app, 'dist/app.js'), '')],
    [
      'cdk.json',
      ({ app }) => write(join(app, 'cdk.json'), '{ "app": "node app.js", "context": { "a": 1 } }'),
    ],
    ['cdk.context.json', ({ app }) => write(join(app, 'cdk.context.json'), '{ "a": 1 }')],
    ['the lock file', ({ root }) => editSecretly(join(root, 'package-lock.json'))],
    ['the installed version', ({ root }) => editSecretly(join(root, 'node_modules/.package-lock.json'))],
    [
      'an installed file, edited by hand',
      ({ root }) => editSecretly(join(root, 'node_modules/dep/index.js')),
    ],
    ['an installed package', ({ root }) => write(join(root, 'node_modules/new/package.json'), '{}')],
    ['a package of the app alone', ({ app }) => write(join(app, 'node_modules/dep/package.json'), '{}')],
    ['a package of the workspace', ({ root }) => editSecretly(join(root, 'shared/index.js'))],
    ['a package that is linked from elsewhere', ({ elsewhere }) => editSecretly(join(elsewhere, 'index.js'))],
    ['a commit', ({ root }) => write(join(root, '.git/refs/heads/main'), 'another')],
    ['a tag', ({ root }) => write(join(root, '.git/refs/tags/v1'), 'another')],
    ['a branch', ({ root }) => write(join(root, '.git/HEAD'), 'ref: refs/heads/other')],
    ['a packed commit', ({ root }) => write(join(root, '.git/packed-refs'), 'another')],
    ['a link', ({ app }) => symlink(join(app, 'app.js'), join(app, 'again.js'))],
    [
      "the context of the user's own file",
      async () => {
        const home = await temporaryFolder();
        await write(join(home, '.cdk.json'), '{ "context": { "a": 1 } }');
        vi.stubEnv('HOME', home);
      },
    ],
  ])('changes with %s', async (_what, change) => {
    const { before, after } = await digestsAround(change);
    expect(after).not.toBe(before);
  });

  it.each<[string, Record<string, string>]>([
    ['a variable', { MINE: 'b' }],
    ['a new variable', { CDK_DEFAULT_ACCOUNT: '111122223333' }],
    ['the path', { PATH: '/nowhere' }],
  ])('changes with %s of the environment', async (_what, change) => {
    const { before, after } = await digestsAround(async () => undefined, ENV, { ...ENV, ...change });
    expect(after).not.toBe(before);
  });

  it('changes with the command and with the folder', async () => {
    const { app, root } = await workspace();
    const options = { cwd: app, env: ENV };
    const digests = [
      appDigest(COMMANDS, options),
      appDigest({ app: 'node app.js more' }, options),
      appDigest(COMMANDS, { ...options, cwd: root }),
    ];
    expect(new Set(digests).size).toBe(3);
  });

  it.each<[string, (where: Workspace) => Promise<unknown>]>([
    ['nothing', async () => undefined],
    ['the time of a source', ({ app }) => utimes(join(app, 'app.js'), 1, 1)],
    ['an assembly', ({ app }) => write(join(app, 'cdk.out/manifest.json'), '{}')],
    ['an object of git', ({ root }) => write(join(root, '.git/objects/ab/cd'), 'x')],
    ['a cache', ({ root }) => write(join(root, 'node_modules/.cache/taskbound/x/y'), 'x')],
    [
      'types of a package, which do not run',
      ({ root }) => write(join(root, 'node_modules/dep/index.d.ts'), 'x'),
    ],
  ])('does not change with %s', async (_what, change) => {
    const { before, after } = await digestsAround(change);
    expect(after).toBe(before);
  });

  it('does not change with the terminal', async () => {
    const { before, after } = await digestsAround(async () => undefined, ENV, {
      ...ENV,
      ...{ SHLVL: '3', _: '/bin/x', OLDPWD: '/' },
    });
    expect(after).toBe(before);
  });
});

describe('gitState', () => {
  it('is that of the worktree, with the branches of its repository', async () => {
    const [repository, worktree] = [await temporaryFolder(), await temporaryFolder()];
    const own = join(repository, '.git/worktrees/w');
    await write(join(worktree, '.git'), `gitdir: ${own}\n`);
    await write(join(own, 'HEAD'), 'ref: refs/heads/w');
    await write(join(own, 'commondir'), '../..\n');
    await write(join(repository, '.git/refs/heads/w'), 'commit');
    const state = gitState(worktree);
    expect(state.filter((_, index) => index % 2 === 1)).toEqual(['ref: refs/heads/w', '', 'commit']);
    expect(gitState(own)).toEqual([]);
  });
});

describe('an app that may depend on something else', () => {
  it.each<[string, { readonly app: string; readonly build?: string }]>([
    ['in another language', { app: 'python3 app.py' }],
    ['that the shell composes', { app: 'node app.js $(date)' }],
    ['of two programs', { app: 'node build.js && node app.js' }],
    ['elsewhere', { app: 'node ../app.js' }],
    ['at an absolute path', { app: 'node --import=/opt/hook.js app.js' }],
    ['that npx would download', { app: 'npx --yes tsx app.ts' }],
    ['with a build', { app: 'node app.js', build: 'make' }],
  ])('is in doubt: one %s', async (_what, commands) => {
    const { app } = await workspace();
    expect(() => appDigest(commands, { cwd: app, env: ENV })).toThrow(
      expect.objectContaining({ name: 'Doubt' }),
    );
  });

  it('is not in doubt if npx runs an installed program', async () => {
    const { app, root } = await workspace();
    await write(join(root, 'node_modules/.bin/tsx'), '');
    expect(appDigest({ app: 'npx --no-install tsx app.ts' }, { cwd: app, env: ENV })).toMatch(
      /^[0-9a-f]{64}$/,
    );
  });

  it('is in doubt if a source is a link to elsewhere', async () => {
    const { app, elsewhere } = await workspace();
    await symlink(join(elsewhere, 'index.js'), join(app, 'linked.js'));
    expect(() => appDigest(COMMANDS, { cwd: app, env: ENV })).toThrow(/linked\.js is a link to/);
  });

  it.each([
    [{ sources: 1 }, /more than 1 sources/],
    [{ sourceBytes: 10 }, /more than 10 sourceBytes/],
    [{ installed: 1 }, /more than 1 installed/],
  ])('is in doubt above the limits %j', async (limit, message) => {
    const { root } = await workspace();
    const files = new FilesDigest({ sources: 100, sourceBytes: 1000, installed: 100, ...limit });
    expect(() => files.addSources(root)).toThrow(message);
  });
});
