import { existsSync, lstatSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Io } from '../../io.ts';
import { ownPackage } from 'taskbound-evidence/command/own-package';
import type { AppCommands } from '../cdk-json.ts';
import { appRoot, installedFor } from './app-root.ts';
import { FilesDigest } from './digest-files.ts';
import { Doubt } from './doubt.ts';
import { gitState } from './git-state.ts';

/** Variables that differ between two commands of the same person, and that say nothing to an app. */
const OF_THE_TERMINAL = new Set(['_', 'SHLVL', 'OLDPWD', 'TERM_SESSION_ID', 'WINDOWID', 'COLUMNS', 'LINES']);

/** One Node program, with arguments and without anything that a shell would do. */
const NODE_PROGRAM = /^(node|npx) [\w@%+=:,./ -]+$/;

/**
 * A digest of everything on which the assembly of an app depends: all files in its repository or workspace, its installed packages, context,
 * environment variables, Node, this command and the toolkit library. Throws `Doubt` if that is not certain: an app that is not a single
 * Node program, a `build` command, and files that are elsewhere. Not covered, because no file shows it: an app that asks the network or the
 * clock.
 */
export function appDigest(commands: AppCommands, { cwd, env }: Pick<Io, 'cwd' | 'env'>): string {
  assertCertain(commands, cwd);
  const files = new FilesDigest();
  files.add(
    'app',
    commands.app,
    cwd,
    ownPackage(import.meta.url).version,
    toolkitVersion(),
    process.platform,
    process.arch,
  );
  addNode(files, env);
  addEnvironment(files, env);
  const personal = join(homedir(), '.cdk.json');
  if (existsSync(personal)) files.add(personal, readFileSync(personal, 'utf8'));
  const root = appRoot(cwd);
  files.add(...gitState(root));
  files.addSources(root);
  for (const folder of installedFor(cwd)) files.addInstalled(folder);
  return files.digest();
}

function assertCertain({ app, build }: AppCommands, cwd: string): void {
  if (build !== undefined) throw new Doubt(`The app has a build command: ${build}`);
  const isElsewhere = app.split(/[ =]/).some((word) => word.startsWith('/') || word.includes('..'));
  if (!NODE_PROGRAM.test(app) || isElsewhere)
    throw new Doubt(`The app is not a Node program in its folder: ${app}`);
  // npx downloads a program that is not installed.
  const program = /^npx (?:-\S+ )*([\w@/.-]+)/.exec(app)?.[1];
  const isInstalled = installedFor(cwd).some((folder) => existsSync(join(folder, '.bin', program ?? '')));
  if (program !== undefined && !isInstalled) throw new Doubt(`${program} is not installed: ${app}`);
}

/** The version of Node that the app runs with is that of the first `node` in the path, and not this process's. */
function addNode(files: FilesDigest, env: Io['env']): void {
  const folders = (env['PATH'] ?? '').split(delimiter);
  const node = folders.map((folder) => join(folder, 'node')).find((path) => existsSync(path));
  files.add('node', process.version);
  if (node === undefined) return;
  const path = realpathSync(node);
  const { size, mtimeMs, ctimeMs } = lstatSync(path);
  files.add(path, `${size} ${mtimeMs} ${ctimeMs}`);
}

/** An app may read any variable. Only their digest is kept. */
function addEnvironment(files: FilesDigest, env: Io['env']): void {
  const variables = Object.entries(env).filter(([name]) => !OF_THE_TERMINAL.has(name));
  for (const [name, value = ''] of variables.sort(([a], [b]) => (a < b ? -1 : 1)))
    files.add('env', name, value);
}

function toolkitVersion(): string {
  const path = createRequire(import.meta.url).resolve('@aws-cdk/toolkit-lib/package.json');
  const { version: found }: { readonly version?: unknown } = JSON.parse(readFileSync(path, 'utf8'));
  return String(found);
}
