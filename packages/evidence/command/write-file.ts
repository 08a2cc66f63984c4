import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from './errors.ts';

/** A unique temporary name in the folder of `path`. */
const temporaryName = (path: string): string => `${path}.${randomBytes(4).toString('hex')}.tmp`;

/** Writes a file completely or not at all, so readers never see a part of it. Creates its folder. */
export async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = temporaryName(path);
  try {
    await writeFile(temporary, content, { flag: 'wx' });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Throws `UsageError` unless `path` is a folder or does not exist yet. `option` names it in the message. */
export async function assertFolder(path: string, option: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && !found.isDirectory()) {
    throw new UsageError(
      `${option} ${path} is a file; it must be a folder, or not exist yet. Give another path.`,
    );
  }
}
