import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { bytesOf, encodingOf, fieldOf } from './file-data.ts';
import { fileError } from './file-error.ts';

/** The only folder that a function can write: https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html */
const ROOT = '/tmp';

interface Entry {
  /** Undefined for a folder. */
  readonly data: Buffer | undefined;
  readonly changedMs: number;
}

/** The `/tmp` of one environment, in memory: it lasts as long as the environment, and no other environment sees it. */
export class TemporaryFiles {
  readonly #entries = new Map<string, Entry>();
  readonly #maxBytes: number;
  readonly #nowMs: () => number;

  constructor(maxBytes: number, nowMs: () => number) {
    this.#maxBytes = maxBytes;
    this.#nowMs = nowMs;
    this.#entries.set(ROOT, { data: undefined, changedMs: nowMs() });
  }

  /** Whether a path, as a function gives it, is `/tmp` or in it. */
  includes(path: unknown): boolean {
    const text = pathOf(path);
    return text === ROOT || text?.startsWith(`${ROOT}/`) === true;
  }

  exists(path: unknown): boolean {
    return this.#entries.has(textOf(path));
  }

  access(path: unknown): void {
    this.#find(path, 'access');
  }

  readFile(path: unknown, options?: unknown): Buffer | string {
    const { data } = this.#find(path, 'open');
    if (data === undefined) throw fileError('EISDIR', 'read', textOf(path));
    const encoding = encodingOf(options);
    return encoding === undefined ? Buffer.from(data) : data.toString(encoding);
  }

  writeFile(path: unknown, data: unknown, options?: unknown): void {
    const flag = String(fieldOf(options, 'flag') ?? 'w');
    if (flag.includes('x') && this.exists(path)) throw fileError('EEXIST', 'open', textOf(path));
    const before = flag.startsWith('a') && this.exists(path) ? this.readFile(path) : '';
    this.#put(path, Buffer.concat([Buffer.from(before), bytesOf(data, options)]), 'open');
  }

  appendFile(path: unknown, data: unknown, options?: unknown): void {
    this.writeFile(path, data, { encoding: encodingOf(options), flag: 'a' });
  }

  copyFile(from: unknown, to: unknown): void {
    this.#put(to, Buffer.from(this.readFile(from)), 'copyfile');
  }

  mkdir(path: unknown, options?: unknown): string | undefined {
    const text = textOf(path);
    const isRecursive = fieldOf(options, 'recursive') === true;
    const found = this.#entries.get(text);
    if (found !== undefined) {
      if (isRecursive && found.data === undefined) return undefined;
      throw fileError('EEXIST', 'mkdir', text);
    }
    const first = isRecursive ? this.mkdir(posix.dirname(text), options) : undefined;
    this.#put(path, undefined, 'mkdir');
    return isRecursive ? (first ?? text) : undefined;
  }

  mkdtemp(prefix: unknown): string {
    const path = `${String(prefix)}${randomBytes(4).toString('base64url').slice(0, 6)}`;
    this.#put(path, undefined, 'mkdtemp');
    return path;
  }

  readdir(path: unknown, options?: unknown): unknown[] {
    const text = textOf(path);
    if (this.#find(path, 'scandir').data !== undefined) throw fileError('ENOTDIR', 'scandir', text);
    const isDeep = fieldOf(options, 'recursive') === true;
    const below = this.#below(text).filter((each) => isDeep || posix.dirname(each) === text);
    if (fieldOf(options, 'withFileTypes') !== true)
      return below.map((each) => posix.relative(text, each)).sort();
    return below.sort().map((each) => ({
      name: posix.basename(each),
      parentPath: posix.dirname(each),
      ...this.#kindOf(each),
    }));
  }

  stat(path: unknown): object {
    const { data, changedMs } = this.#find(path, 'stat');
    const times = { atimeMs: changedMs, mtimeMs: changedMs, ctimeMs: changedMs, birthtimeMs: changedMs };
    const dates = Object.entries(times).map(([name, ms]) => [name.slice(0, -2), new Date(ms)]);
    const size = data?.byteLength ?? 0;
    return {
      size,
      mode: data ? 0o100644 : 0o40755,
      ...times,
      ...Object.fromEntries(dates),
      ...this.#kindOf(textOf(path)),
    };
  }

  lstat(path: unknown): object {
    return this.stat(path);
  }

  rename(from: unknown, to: unknown): void {
    const [source, target] = [textOf(from), textOf(to)];
    const moved = [source, ...this.#below(source)].map((each) => [each, this.#find(each, 'rename')] as const);
    for (const [each] of moved) this.#entries.delete(each);
    for (const [each, entry] of moved) this.#put(target + each.slice(source.length), entry.data, 'rename');
  }

  unlink(path: unknown): void {
    if (this.#find(path, 'unlink').data === undefined) throw fileError('EISDIR', 'unlink', textOf(path));
    this.#entries.delete(textOf(path));
  }

  rmdir(path: unknown): void {
    const text = textOf(path);
    if (this.#find(path, 'rmdir').data !== undefined) throw fileError('ENOTDIR', 'rmdir', text);
    if (this.#below(text).length > 0) throw fileError('ENOTEMPTY', 'rmdir', text);
    this.#entries.delete(text);
  }

  rm(path: unknown, options?: unknown): void {
    const text = textOf(path);
    if (!this.exists(path) && fieldOf(options, 'force') === true) return;
    const isFolder = this.#find(path, 'rm').data === undefined;
    if (isFolder && fieldOf(options, 'recursive') !== true) throw fileError('EISDIR', 'rm', text);
    for (const each of [text, ...this.#below(text)]) if (each !== ROOT) this.#entries.delete(each);
  }

  #find(path: unknown, syscall: string): Entry {
    const found = this.#entries.get(textOf(path));
    if (found === undefined) throw fileError('ENOENT', syscall, textOf(path));
    return found;
  }

  #put(path: unknown, data: Buffer | undefined, syscall: string): void {
    const text = textOf(path);
    const parent = this.#entries.get(posix.dirname(text));
    if (parent === undefined) throw fileError('ENOENT', syscall, text);
    if (parent.data !== undefined) throw fileError('ENOTDIR', syscall, text);
    const replaced = this.#entries.get(text);
    if (replaced !== undefined && replaced.data === undefined) throw fileError('EISDIR', syscall, text);
    const used = [...this.#entries.values()].reduce((sum, entry) => sum + (entry.data?.byteLength ?? 0), 0);
    if (used - (replaced?.data?.byteLength ?? 0) + (data?.byteLength ?? 0) > this.#maxBytes)
      throw fileError('ENOSPC', 'write', text);
    this.#entries.set(text, { data, changedMs: this.#nowMs() });
  }

  #below(text: string): string[] {
    return [...this.#entries.keys()].filter((each) => each.startsWith(`${text}/`));
  }

  #kindOf(text: string) {
    const isFolder = this.#entries.get(text)?.data === undefined;
    return { isFile: () => !isFolder, isDirectory: () => isFolder, isSymbolicLink: () => false };
  }
}

/** A path as text, without `.`, `..` and a last slash. Undefined for what is no path, such as a file's number. */
function pathOf(path: unknown): string | undefined {
  const text = path instanceof URL && path.protocol === 'file:' ? decodeURIComponent(path.pathname) : path;
  if (typeof text !== 'string' && !Buffer.isBuffer(text)) return undefined;
  const normal = posix.normalize(text.toString());
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

const textOf = (path: unknown): string => pathOf(path) ?? String(path);
