import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';
import { visible } from 'taskbound-evidence/display/visible';

/** How many names of a folder a message lists. */
const LISTED = 5;
/** An app may be written into a new repository. */
const ALLOWED = new Set(['.git']);

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

const unwritable = (shown: string, error: unknown): UsageError =>
  new UsageError(
    `${visible(shown)} cannot be written: ${messageOf(error)}. Name another folder, or correct this one. Nothing was written.`,
  );

/** Throws `UsageError` unless the folder is empty or does not exist yet. `shown`: the folder as the user gave it. */
export async function assertNewFolder(directory: string, shown: string): Promise<void> {
  const found = await stat(directory).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw unwritable(shown, error);
  });
  if (found === undefined) return;
  if (!found.isDirectory())
    throw new UsageError(
      `${visible(shown)} is a file; it must be a folder, or not exist yet. Name another folder. Nothing was written.`,
    );
  const names = (await readdir(directory)).filter((name) => !ALLOWED.has(name)).sort();
  if (names.length === 0) return;
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  throw new UsageError(
    `${visible(shown)} is not empty: it has ${names.slice(0, LISTED).map(visible).join(', ')}${more}. Name a new or empty folder. Nothing was written.`,
  );
}

/** Writes the files, all or none: after a failure, everything that was made is removed again. */
export async function writeApp(
  directory: string,
  shown: string,
  files: ReadonlyMap<string, string>,
): Promise<void> {
  const made: string[] = [];
  try {
    for (const [file, content] of files) {
      const path = join(directory, file);
      const firstMade = await mkdir(dirname(path), { recursive: true });
      if (firstMade !== undefined) made.push(firstMade);
      await writeNew(path, content, made);
    }
  } catch (error) {
    for (const path of made) await rm(path, { recursive: true, force: true });
    throw unwritable(shown, error);
  }
}

/** A part of a file is also made: the disk may be full. A file that exists already is not ours. */
async function writeNew(path: string, content: string, made: string[]): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    made.push(path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') made.push(path);
    throw error;
  }
}
