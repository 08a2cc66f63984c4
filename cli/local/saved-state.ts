import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';
import { writeAtomically } from 'taskbound-evidence/command/write-file';

/** An embedded AWS whose state can be saved as one text. */
export interface StatefulAws {
  snapshot(): Promise<string>;
  restore(snapshot: string): Promise<void>;
}

const fileIn = (folder: string): string => join(folder, 'state.json');

/** Restores what an earlier run saved; does nothing when there is nothing. */
export async function restoreState(folder: string, aws: StatefulAws): Promise<void> {
  const path = fileIn(folder);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new UsageError(
      `--state: ${path} cannot be read: ${messageOf(error)}. Correct its permissions, or name another folder.`,
    );
  });
  if (text === undefined) return;
  try {
    await aws.restore(text);
  } catch (error) {
    throw new UsageError(
      `--state: ${path} cannot be restored: ${messageOf(error)}. Move it away, or name another folder.`,
    );
  }
}

/** Saves the whole state atomically, and replaces what was saved before. */
export async function saveState(folder: string, aws: StatefulAws): Promise<void> {
  await writeAtomically(fileIn(folder), await aws.snapshot());
}
