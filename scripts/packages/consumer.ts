import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Tarball } from './pack.ts';

/** A failed command of a user's app. The message has what it printed. */
class CommandFailed extends Error {
  override readonly name = 'CommandFailed';
}

interface PackageFile {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A folder outside the repository into which a user installs packages. */
export class Consumer {
  readonly folder: string;
  readonly #tarballs: readonly Tarball[];

  constructor(tarballs: readonly Tarball[], folder = mkdtempSync(join(tmpdir(), 'taskbound-consumer-'))) {
    this.#tarballs = tarballs;
    this.folder = folder;
  }

  /**
   * Installs what the folder's package.json and `more` name. Taskbound's packages come from the tarballs, because they are not published
   * yet. `npm` refuses peers that do not fit.
   */
  install(more: PackageFile): void {
    const file = join(this.folder, 'package.json');
    const given = readPackage(file);
    const overrides = Object.fromEntries(this.#tarballs.map(({ name, path }) => [name, `file:${path}`]));
    const dependencies = withTarballs({ ...given.dependencies, ...more.dependencies }, overrides);
    const devDependencies = { ...given.devDependencies, ...more.devDependencies };
    const manifest = { type: 'module', private: true, ...given, dependencies, devDependencies, overrides };
    writeFileSync(file, JSON.stringify(manifest, null, 2));
    this.run('npm', ['install', '--no-audit', '--no-fund', '--loglevel', 'error']);
  }

  /** Runs a command as in the folder's npm scripts, and returns what it printed. Throws `CommandFailed` for another exit code. */
  run(command: string, args: readonly string[], expected = 0): string {
    const env = { ...process.env, PATH: this.#path(), NODE_ENV: undefined, npm_config_prefix: undefined };
    const { status, stdout, stderr, error } = spawnSync(command, [...args], {
      cwd: this.folder,
      env,
      encoding: 'utf8',
    });
    if (status === expected) return stdout;
    throw new CommandFailed(
      `${command} ${args.join(' ')} in ${this.folder} ended with ${status ?? error?.message ?? 'a signal'}, not ${expected}:\n${stdout}${stderr}`,
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Its own commands first. A folder that installs no Node.js uses the one that runs this script. */
  #path(): string {
    const others = (process.env['PATH'] ?? '').split(delimiter);
    const own = join(this.folder, 'node_modules', '.bin');
    const foreign = others.filter((folder) => !folder.includes('node_modules'));
    return [own, dirname(process.execPath), ...foreign].join(delimiter);
  }
}

function readPackage(file: string): PackageFile {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PackageFile;
  } catch {
    return {};
  }
}

/** An override must name the same version as a direct dependency. */
const withTarballs = (
  dependencies: Readonly<Record<string, string>>,
  tarballs: Readonly<Record<string, string>>,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(dependencies).map(([name, version]) => [name, tarballs[name] ?? version]),
  );
