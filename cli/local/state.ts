import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';
import { writeAtomically } from 'taskbound-evidence/command/write-file';

/** What can be kept of an embedded AWS between two runs: one text. */
export interface Keepable {
  snapshot(): Promise<string>;
  restore(snapshot: string): Promise<void>;
}

const fileIn = (folder: string): string => join(folder, 'state.json');

/** Takes back what an earlier run kept; does nothing when there is nothing. */
export async function recallState(folder: string, aws: Keepable): Promise<void> {
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
      `--state: ${path} cannot be taken back: ${messageOf(error)}. Move it away, or name another folder.`,
    );
  }
}

/** Keeps everything, whole or not at all; what was kept before is replaced. */
export async function keepState(folder: string, aws: Keepable): Promise<void> {
  await writeAtomically(fileIn(folder), await aws.snapshot());
}
