import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { Journal, JournalLocked } from 'taskbound-local/state/journal';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';
import type { Io } from '../io.ts';

/** The files of a state folder: the journal, who has it open, and the whole state that earlier versions wrote when they ended. */
const JOURNAL = 'journal';
const OWNER = 'owner.json';
export const VERSION_1 = 'state.json';
const OURS: ReadonlySet<string> = new Set([JOURNAL, OWNER, VERSION_1]);

/** The state contains keys and secrets, so only its owner may read it. */
const PRIVATE_FOLDER = 0o700;
const OTHERS = 0o077;

/** The process that has a state folder open. */
const owner = z.object({ pid: z.number(), endpoint: z.string(), since: z.string() });

/** A state folder that this process has open. */
export interface StateFolder {
  readonly path: string;
  readonly journal: Journal;
  /** Writes what is waiting and releases the folder. */
  close(): Promise<void>;
}

/** Takes a state folder for this process, and creates it if missing. Throws `UsageError` when it is in use, or not private. */
export async function openStateFolder(path: string, endpoint: string, io: Io): Promise<StateFolder> {
  await makePrivate(path, io);
  const journal = await Journal.open(join(path, JOURNAL)).catch(async (error: unknown) => {
    throw error instanceof JournalLocked ? await inUse(path) : cannotOpen(path, error);
  });
  const opened = { pid: process.pid, endpoint, since: new Date(io.clock.nowMs()).toISOString() };
  await writeFile(join(path, OWNER), JSON.stringify(opened), { mode: 0o600 });
  const close = async (): Promise<void> => {
    await rm(join(path, OWNER), { force: true });
    await journal.close();
  };
  return { path, journal, close };
}

async function inUse(folder: string): Promise<UsageError> {
  const read = owner.safeParse(jsonOrUndefined(await readFile(join(folder, OWNER), 'utf8').catch(() => '')));
  const who = read.success
    ? `process ${read.data.pid}, which serves ${read.data.endpoint} since ${read.data.since}`
    : 'another process';
  const stop = read.success ? `Stop it (kill ${read.data.pid})` : 'Stop it';
  return new UsageError(`--state ${folder} is in use by ${who}. ${stop}, or give another folder.`);
}

const cannotOpen = (folder: string, error: unknown): UsageError =>
  new UsageError(
    `--state ${folder} cannot be opened: ${messageOf(error)}. Correct its permissions, or give another folder.`,
  );

/** Creates the folder, or takes the rights of others away. Throws `UsageError` when that would change a folder that is not ours alone. */
async function makePrivate(folder: string, io: Io): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) {
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER }).catch((error: unknown) => {
      throw cannotOpen(folder, error);
    });
    return;
  }
  // Windows has no such rights.
  if (process.getuid === undefined) return;
  assertOwned(folder, found, process.getuid());
  if ((found.mode & OTHERS) === 0) return;
  const foreign = (await readdir(folder)).filter((name) => !OURS.has(name));
  const rights = (found.mode & 0o777).toString(8).padStart(4, '0');
  if (foreign.length > 0) {
    throw new UsageError(
      `--state ${folder} has the rights ${rights} and other files (${foreign.slice(0, 3).join(', ')}); the state contains keys, so only you may read its folder. Give a folder of its own, or run chmod 700 ${folder}.`,
    );
  }
  await chmod(folder, PRIVATE_FOLDER);
  for (const name of await readdir(folder))
    await chmod(join(folder, name), name === JOURNAL ? PRIVATE_FOLDER : 0o600);
  io.err(`The state folder ${folder} was readable by others (${rights}); it is now private (0700).\n`);
}

function assertOwned(folder: string, { uid }: Stats, self: number): void {
  if (uid === self) return;
  throw new UsageError(
    `--state ${folder} belongs to the user ${uid}, and you are ${self}; the state contains keys, so its folder must be yours. Give another folder.`,
  );
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
