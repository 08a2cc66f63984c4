import { constants } from 'node:os';

const MESSAGES = {
  ENOENT: 'no such file or directory',
  EEXIST: 'file already exists',
  EISDIR: 'illegal operation on a directory',
  ENOTDIR: 'not a directory',
  ENOTEMPTY: 'directory not empty',
  ENOSPC: 'no space left on device',
} as const;

/** An error of the file system, as Node throws it. */
export function fileError(code: keyof typeof MESSAGES, syscall: string, path: string): Error {
  const error = new Error(`${code}: ${MESSAGES[code]}, ${syscall} '${path}'`);
  return Object.assign(error, { code, errno: -constants.errno[code], syscall, path });
}
