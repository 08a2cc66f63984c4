import { constants as bufferConstants } from 'node:buffer';
import {
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import { SeedError } from './seed-error.ts';
import { isPlainSegment } from './seed-layout.ts';

/** How large a file of a seed may be, and what such a file is. */
export interface SizeLimit {
  readonly bytes: number;
  readonly what: string;
}

/** Node.js reads no larger file at once: https://nodejs.org/api/errors.html#err_fs_file_too_large */
export const OBJECT_LIMIT: SizeLimit = { bytes: 2 ** 31 - 1, what: 'an object of a seed' };
/** A text has at most one character for each byte: https://nodejs.org/api/buffer.html#bufferconstantsmax_string_length */
export const JSON_LIMIT: SizeLimit = {
  bytes: bufferConstants.MAX_STRING_LENGTH,
  what: 'a JSON file of a seed',
};

/** Throws SeedError for a file that is too large. */
export function assertSize(path: string, { size }: Stats, { bytes, what }: SizeLimit): void {
  if (size <= bytes) return;
  throw new SeedError(
    `${path} has ${size} bytes; ${what} has at most ${bytes} bytes. Replace it with a smaller file.`,
  );
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function nameOf(bytes: Buffer, folder: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new SeedError(
      `A file name in ${folder} is not UTF-8 (${bytes.toString('hex')} in hexadecimal), so it cannot be an S3 key. Rename it, or list the object in s3/index.json.`,
    );
  }
}

/** What is at a path, without following a link; `undefined` when nothing is. */
export const statOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

/** The folder that the user named. It may be a link; nothing below it may be. */
export function rootFolder(dir: string, option: string): string {
  let path: string;
  try {
    path = realpathSync(dir);
  } catch {
    throw new SeedError(`${option} ${dir}: there is no such folder. Give a folder that exists.`);
  }
  if (statOf(path)?.isDirectory() !== true)
    throw new SeedError(`${option} ${dir} is not a folder. Give a folder.`);
  return path;
}

/** Creates DIR/<name>, or checks that it is a folder and not a link, so that a dump writes nowhere else. */
export function ownFolder(dir: string, name: string): string {
  mkdirSync(dir, { recursive: true });
  const folder = join(realpathSync(dir), name);
  const stat = statOf(folder);
  if (stat !== undefined && !stat.isDirectory())
    throw new SeedError(
      `--dump ${dir}: ${folder} is a link or a file, not a folder. Remove it or dump elsewhere.`,
    );
  mkdirSync(folder, { recursive: true });
  return folder;
}

const kindOf = (stat: Stats): string =>
  stat.isSymbolicLink() ? 'a symbolic link' : 'neither a file nor a folder';

/**
 * The relative paths of all regular files below a folder. Refuses links and devices, which could lead
 * outside, and files that are too large to be read.
 */
export function filesUnder(folder: string, limit: SizeLimit): string[] {
  const found: string[] = [];
  const visit = (relative: string): void => {
    for (const bytes of readdirSync(join(folder, relative), { encoding: 'buffer' })) {
      const path = relative === '' ? nameOf(bytes, folder) : `${relative}/${nameOf(bytes, folder)}`;
      const stat = lstatSync(join(folder, path));
      if (stat.isDirectory()) visit(path);
      else if (stat.isFile()) {
        assertSize(join(folder, path), stat, limit);
        found.push(path);
      } else
        throw new SeedError(
          `${join(folder, path)} is ${kindOf(stat)}. A seed folder may contain only files and folders: replace it with a copy of the content.`,
        );
    }
  };
  visit('');
  return found;
}

/** The path of a regular file below `folder`, given its relative path. Never leads outside the folder. */
export function pathInside(folder: string, file: string, where: string): string {
  const segments = file.split('/');
  if (!segments.every(isPlainSegment)) {
    throw new SeedError(
      `${where}: file is '${file}'; it must be a plain path below ${folder}, without '..', '.', empty parts or a leading slash.`,
    );
  }
  let path = folder;
  segments.forEach((segment, index) => {
    path = join(path, segment);
    const stat = statOf(path);
    const isLast = index === segments.length - 1;
    if (stat === undefined) throw new SeedError(`${where}: file '${file}' does not exist below ${folder}.`);
    if (isLast ? !stat.isFile() : !stat.isDirectory())
      throw new SeedError(
        `${where}: ${path} is ${isLast ? 'not a regular file' : 'not a folder'}; links are not followed.`,
      );
  });
  return path;
}

/** Reads a JSON file as text, byte for byte UTF-8. */
export const readJsonText = (path: string): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(readPlain(path));

/** Reads a regular file. Fails on a link, even one created after the check. */
export function readPlain(path: string): Buffer {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A write of more than 2 GiB fails. */
const WRITE_BYTES = 2 ** 30;

/** Creates a new file. Never follows a link and never overwrites. */
export function writeNew(path: string, content: Uint8Array): void {
  const descriptor = openSync(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o600,
  );
  try {
    for (let written = 0; written < content.length;)
      written += writeSync(descriptor, content, written, Math.min(content.length - written, WRITE_BYTES));
  } finally {
    closeSync(descriptor);
  }
}
