import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Embedded } from '../connection/embedded.ts';
import type { Journal } from 'taskbound-local/state/journal';
import { prune } from 'taskbound-local/state/prune';
import { emptyState, stateOf, type SavedState } from 'taskbound-local/state/saved-state';
import { stateOfVersion1, unreportedEntries } from 'taskbound-local/state/version-1';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';
import { VERSION_1 } from './state-folder.ts';

/** What a state folder has. `from`: nothing yet, its journal, or the `state.json` of an earlier version. */
export interface KeptState {
  readonly state: SavedState;
  readonly from: 'nothing' | 'journal' | 'version 1';
}

/** Reads the state of a folder. Throws `UsageError` when it cannot be read. */
export async function readState(folder: string, journal: Journal, nowMs: number): Promise<KeptState> {
  try {
    if (!(await journal.isEmpty())) {
      const state = prune(await stateOf(journal.entries()), nowMs, journal.note);
      return { state, from: 'journal' };
    }
    const text = await textOfVersion1(folder);
    return text === undefined
      ? { state: emptyState(), from: 'nothing' }
      : { state: stateOfVersion1(text), from: 'version 1' };
  } catch (error) {
    throw cannotRestore(folder, error);
  }
}

async function textOfVersion1(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, VERSION_1), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

const cannotRestore = (folder: string, error: unknown): UsageError =>
  new UsageError(
    `--state: ${folder} cannot be restored: ${messageOf(error)}. Move it away, or give another folder.`,
  );

/** Restores the state into the loaded stack. From now on, the journal gets each change; it writes nothing before `begin`. */
export async function keepState(
  folder: string,
  { aws, databases }: Embedded,
  { state, from }: KeptState,
  journal: Journal,
): Promise<void> {
  databases.onSchemas = (schemas) => {
    for (const [database, { sql }] of Object.entries(schemas)) journal.note(['schema', database], () => sql);
  };
  databases.restore(state.schemas);
  // The services report what they restore from a state that is not in the journal yet.
  if (from === 'version 1') aws.follow(journal.note);
  try {
    await aws.restore(state);
  } catch (error) {
    throw cannotRestore(folder, error);
  }
  if (from !== 'version 1') aws.follow(journal.note);
  else for (const [key, value] of unreportedEntries(state)) journal.note(key, () => value);
}

/** Writes everything so far at once. Only then is the file of an earlier version removed. */
export async function beginToKeep(folder: string, journal: Journal): Promise<void> {
  await journal.begin();
  await rm(join(folder, VERSION_1), { force: true });
}
