import { Readable } from 'node:stream';

type ModuleExports = Readonly<Record<string, unknown>>;

const isClass = (name: string, value: unknown): boolean => typeof value === 'function' && /^[A-Z]/.test(name);

const refusal = (name: string): Error =>
  Object.assign(new Error(`${name} is not available to a function in the embedded Lambda.`), {
    code: 'ERR_ACCESS_DENIED',
  });

/** A module whose functions all throw, so that a bundle can require it but not use it. Constants are kept. */
export function refusedModule(moduleName: string, real: ModuleExports): ModuleExports {
  const entries = Object.entries(real).map(([name, value]): [string, unknown] => {
    if (name === 'default') return [name, undefined];
    if (typeof value === 'object' && value !== null && name === 'promises')
      return [name, refusedModule(`${moduleName}.promises`, { ...value })];
    if (typeof value !== 'function') return [name, value];
    return [
      name,
      // A function, not an arrow: callers may use `new`.
      function refused() {
        throw refusal(`${moduleName}.${name}`);
      },
    ];
  });
  return Object.fromEntries(entries);
}

const missing = (path: unknown): Error =>
  Object.assign(new Error(`ENOENT: no such file or directory, open '${String(path)}'`), {
    code: 'ENOENT',
    errno: -2,
    syscall: 'open',
    path,
  });

const reads = /^(read|stat|lstat|fstat|access|open|opendir|realpath|exists|watch)/;

/** A read-only, empty file system. The SDK looks for `~/.aws/config` and continues without it. */
export function emptyFileSystem(real: ModuleExports): ModuleExports {
  const entries = Object.entries(real).map(([name, value]): [string, unknown] => {
    if (name === 'promises' && typeof value === 'object' && value !== null)
      return [name, emptyFilePromises({ ...value })];
    if (name === 'ReadStream') return [name, class ReadStream extends Readable {}];
    if (typeof value !== 'function' || isClass(name, value))
      return [name, typeof value === 'function' ? class {} : value];
    return [name, emptyFileFunction(name)];
  });
  return Object.fromEntries(entries);
}

function emptyFileFunction(name: string): (...values: unknown[]) => unknown {
  const errorFor = (path: unknown) => (reads.test(name) ? missing(path) : refusal(`fs.${name}`));
  if (name === 'existsSync') return () => false;
  if (name === 'createReadStream')
    return (path) =>
      new Readable({
        read() {
          this.destroy(missing(path));
        },
      });
  return (...values) => {
    const callback = values.at(-1);
    if (typeof callback !== 'function') throw errorFor(values[0]);
    queueMicrotask(() => callback(errorFor(values[0])));
    return undefined;
  };
}

export function emptyFilePromises(real: ModuleExports): ModuleExports {
  const entries = Object.entries(real).map(([name, value]): [string, unknown] => {
    if (typeof value !== 'function') return [name, value];
    return [
      name,
      (path: unknown) => Promise.reject(reads.test(name) ? missing(path) : refusal(`fs.promises.${name}`)),
    ];
  });
  return Object.fromEntries(entries);
}
