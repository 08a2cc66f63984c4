import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MalformedRequest } from '../errors.ts';
import { messageOf } from './errors.ts';

/** Reads a file as UTF-8. Invalid bytes are refused, not replaced. `what` names the file in errors. */
export async function readText(path: string, cwd: string, what: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(resolve(cwd, path));
  } catch (error) {
    throw new MalformedRequest(
      `${what} ${JSON.stringify(path)} cannot be read: ${messageOf(error)}. Give the path of a readable JSON file.`,
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new MalformedRequest(
      `${what} ${JSON.stringify(path)} is not UTF-8 text. Save it as UTF-8 and try again.`,
    );
  }
}
