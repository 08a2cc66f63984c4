import fs from 'node:fs';
import fsPromises from 'node:fs/promises';
import { Readable, Writable } from 'node:stream';
import { emptyFilePromises, emptyFileSystem } from '../refused-modules.ts';
import { fieldOf } from './file-data.ts';
import type { TemporaryFiles } from './temporary-files.ts';

/** The operations in `/tmp`. Those that are not listed are refused there as well. */
const OPERATIONS = [
  ...['access', 'appendFile', 'copyFile', 'lstat', 'mkdir', 'mkdtemp', 'readdir', 'readFile'],
  ...['rename', 'rm', 'rmdir', 'stat', 'unlink', 'writeFile'],
] as const;
/** Both paths of these must be in `/tmp`. */
const TWO_PATHS: ReadonlySet<string> = new Set(['copyFile', 'rename']);

type Call = (...values: readonly unknown[]) => unknown;
type Module = Readonly<Record<string, unknown>>;

const outside = emptyFileSystem({ ...fs });
const outsidePromises = emptyFilePromises({ ...fsPromises });

/** `fs` and `fs/promises` of one environment: its own `/tmp`, and otherwise a read-only, empty file system. */
export function fileModules(files: TemporaryFiles): Module {
  const promises = { ...outsidePromises, ...promiseCalls(files) };
  const module = {
    ...outside,
    ...syncCalls(files),
    ...callbackCalls(files),
    ...streams(files),
    existsSync: (path: unknown) => files.includes(path) && files.exists(path),
    promises,
  };
  return { fs: module, 'fs/promises': promises };
}

/** Runs an operation if its paths are in `/tmp`, and otherwise what the empty file system does. */
const route =
  (files: TemporaryFiles, name: string, inside: Call, elsewhere: unknown): Call =>
  (...values) => {
    const paths = values.slice(0, TWO_PATHS.has(name) ? 2 : 1);
    const away = paths.findIndex((path) => !files.includes(path));
    if (away < 0) return inside(...values);
    return (elsewhere as Call)(...values.slice(away));
  };

const operationOf = (files: TemporaryFiles, name: string): Call => {
  const operation: Call = Reflect.get(files, name);
  return operation.bind(files);
};

const syncCalls = (files: TemporaryFiles): Module =>
  Object.fromEntries(
    OPERATIONS.map((name) => [
      `${name}Sync`,
      route(files, name, operationOf(files, name), outside[`${name}Sync`]),
    ]),
  );

const promiseCalls = (files: TemporaryFiles): Module =>
  Object.fromEntries(
    OPERATIONS.map((name) => {
      const operation = operationOf(files, name);
      const inside: Call = (...values) => new Promise((resolve) => resolve(operation(...values)));
      return [name, route(files, name, inside, outsidePromises[name])];
    }),
  );

const callbackCalls = (files: TemporaryFiles): Module =>
  Object.fromEntries(
    OPERATIONS.map((name) => {
      const operation = operationOf(files, name);
      const inside: Call = (...values) => {
        const callback = values.at(-1) as Call;
        const settled = settle(() => operation(...values.slice(0, -1)));
        queueMicrotask(() => callback(...settled));
      };
      return [name, route(files, name, inside, outside[name])];
    }),
  );

function settle(run: () => unknown): readonly unknown[] {
  try {
    return [null, run()];
  } catch (error) {
    return [error];
  }
}

const streams = (files: TemporaryFiles): Module => ({
  createReadStream: route(
    files,
    'createReadStream',
    (path) => readStream(files, path),
    outside['createReadStream'],
  ),
  createWriteStream: route(
    files,
    'createWriteStream',
    (path, options) => writeStream(files, path, options),
    outside['createWriteStream'],
  ),
});

const readStream = (files: TemporaryFiles, path: unknown): Readable =>
  new Readable({
    read() {
      const [error, data] = settle(() => files.readFile(path));
      if (error !== null) return void this.destroy(error as Error);
      this.push(data);
      this.push(null);
    },
  });

/** Empties the file when it opens, unless the flag is `a`, and then appends each chunk. */
function writeStream(files: TemporaryFiles, path: unknown, options: unknown): Writable {
  const first = { flag: String(fieldOf(options, 'flags') ?? 'w') };
  return new Writable({
    construct(done) {
      done(settle(() => files.writeFile(path, '', first))[0] as Error | null);
    },
    write(chunk, _encoding, done) {
      done(settle(() => files.appendFile(path, chunk))[0] as Error | null);
    },
  });
}
