import { createHash, hash, type Hash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, type Dirent } from 'node:fs';
import { join, sep } from 'node:path';
import { Doubt } from './doubt.ts';

/** More than a person writes: then the folder contains something else, such as data. */
const LIMITS = { sources: 20_000, sourceBytes: 256 * 1024 ** 2, installed: 400_000 };

/** Folders of sources that contain none: the history, installed packages, and assemblies. */
const NO_SOURCES = new Set(['.git', 'node_modules', 'cdk.out']);
/** Folders of `node_modules` in which tools keep what they computed, this one too. */
const CACHES = new Set(['.cache', '.vite', '.vitest']);
/** Files of packages that no program reads. They are half of the files. */
const NEVER_RUN = /\.(d\.[cm]?ts|map|md)$/;

/**
 * The digest of the files on which an app can depend. Sources are read; installed packages are too many, so size and time of change stand for their
 * content. `ctime` cannot be set: it also changes if somebody edits an installed file and restores its time.
 */
export class FilesDigest {
  readonly #hash: Hash = createHash('sha256');
  readonly #seen = new Set<string>();
  readonly #roots: string[] = [];
  readonly #limits: typeof LIMITS;
  readonly #count = { sources: 0, sourceBytes: 0, installed: 0 };

  constructor(limits = LIMITS) {
    this.#limits = limits;
  }

  /** Adds what a program depends on that is in no file of these folders. */
  add(...values: readonly string[]): void {
    for (const value of values) this.#hash.update(`${Buffer.byteLength(value)}:${value}`);
  }

  /** Adds the content of all sources in a folder, and the installed packages in it. Throws `Doubt`. */
  addSources(root: string): void {
    const real = realpathSync(root);
    this.#roots.push(real);
    this.#sourcesIn(real);
  }

  /** Adds the packages of a `node_modules`, and the sources of packages that are linked into it. Throws `Doubt`. */
  addInstalled(folder: string): void {
    this.#installedIn(realpathSync(folder));
  }

  digest(): string {
    return this.#hash.digest('hex');
  }

  #sourcesIn(folder: string): void {
    if (this.#seen.has(folder)) return;
    this.#seen.add(folder);
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name === 'node_modules') this.addInstalled(path);
        else if (!NO_SOURCES.has(entry.name)) this.#sourcesIn(path);
      } else if (entry.isSymbolicLink()) this.#linkedSource(path, entry.name);
      else if (entry.isFile()) this.#source(path);
    }
  }

  #source(path: string): void {
    const content = readFileSync(path);
    this.#counted('sources', 1);
    this.#counted('sourceBytes', content.length);
    this.add('source', path, hash('sha256', content));
  }

  #counted(what: keyof typeof LIMITS, more: number): void {
    this.#count[what] += more;
    if (this.#count[what] > this.#limits[what])
      throw new Doubt(`The app has more than ${this.#limits[what]} ${what}.`);
  }

  /** What a link in the sources names must be one of the sources. */
  #linkedSource(path: string, name: string): void {
    this.add('link', path, readlinkSync(path));
    const target = targetOf(path);
    if (target === undefined) return;
    if (name === 'node_modules') this.addInstalled(target);
    else if (!this.#isInside(target)) throw new Doubt(`${path} is a link to ${target}.`);
  }

  #installedIn(folder: string): void {
    if (this.#seen.has(folder)) return;
    this.#seen.add(folder);
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!CACHES.has(entry.name)) this.#installedIn(path);
      } else if (entry.isSymbolicLink()) this.#linkedPackage(path);
      else if (!NEVER_RUN.test(entry.name)) this.#installedFile(path);
    }
  }

  #installedFile(path: string): void {
    this.#counted('installed', 1);
    const { size, mtimeMs, ctimeMs, ino } = lstatSync(path);
    this.#hash.update(`${path}\0${size}\0${mtimeMs}\0${ctimeMs}\0${ino}\0`);
  }

  /** A linked package is one of the sources, or installed elsewhere, or a source of its own. */
  #linkedPackage(path: string): void {
    this.add('link', path, readlinkSync(path));
    const target = targetOf(path);
    if (target === undefined || this.#isInside(target)) return;
    const isFolder = lstatSync(target).isDirectory();
    if (isInstalled(target)) {
      if (isFolder) this.#installedIn(target);
      else this.#installedFile(target);
    } else if (isFolder) this.addSources(target);
    else this.#source(target);
  }

  #isInside(path: string): boolean {
    return (
      this.#roots.some((root) => path === root || path.startsWith(`${root}${sep}`)) && !isInstalled(path)
    );
  }
}

const isInstalled = (path: string): boolean => path.split(sep).includes('node_modules');

/** Sorted, so that the digest does not depend on the file system. */
const entriesOf = (folder: string): readonly Dirent[] =>
  readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));

/** Undefined for a link to nothing. */
function targetOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
