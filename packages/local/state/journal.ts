import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import type { SavedKey } from './changes.ts';

/** Another process has the journal open. The operating system releases its lock when that process ends, however it ends. */
export class JournalLocked extends Error {
  override readonly name = 'JournalLocked';
}

type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: Buffer }
  | { readonly type: 'del'; readonly key: string };

const encodeKey = (key: SavedKey): string => JSON.stringify(key);

const encode = ([kind]: SavedKey, value: unknown): Buffer =>
  kind === 'body' ? Buffer.from(value as Uint8Array) : Buffer.from(JSON.stringify(value));

const decode = ([kind]: SavedKey, stored: Buffer): unknown =>
  kind === 'body' ? stored : JSON.parse(stored.toString('utf8'));

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Saved values in a folder, in LevelDB: `docs/decisions/0031-local-state-survives-a-kill.md`. All changes that are waiting are written
 * as one batch that is complete or absent after a crash, and reaches the disk before `written` resolves. While a batch is written, further
 * changes gather for the next one, so the number of writes depends on the disk and not on the number of changes.
 */
export class Journal {
  /** Called once, with the error, when a batch cannot be written. Nothing is written afterwards. */
  onFailure: (error: unknown) => void = () => undefined;
  /** The number of batches that were written. */
  batches = 0;
  readonly #database: ClassicLevel<string, Buffer>;
  readonly #pending = new Map<string, readonly [key: SavedKey, value: () => unknown]>();
  #current: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #failure: Error | undefined;
  #isHeld = true;
  #isClosed = false;

  readonly #folder: string;
  readonly #private = new Set<string>();

  private constructor(folder: string, database: ClassicLevel<string, Buffer>) {
    this.#folder = folder;
    this.#database = database;
  }

  /** Opens the journal in a folder, which is created if missing, for its owner alone. Throws `JournalLocked`. */
  static async open(folder: string): Promise<Journal> {
    const database = new ClassicLevel<string, Buffer>(folder, {
      keyEncoding: 'utf8',
      valueEncoding: 'buffer',
    });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      await database.open();
    } catch (error) {
      if (causeCode(error) === 'LEVEL_LOCKED')
        throw new JournalLocked(`${folder} is open in another process`);
      throw error instanceof Error && error.cause instanceof Error ? error.cause : error;
    }
    const journal = new Journal(folder, database);
    await journal.#makeFilesPrivate();
    return journal;
  }

  async *entries(): AsyncGenerator<readonly [key: SavedKey, value: unknown]> {
    for await (const [text, stored] of this.#database.iterator()) {
      const key = JSON.parse(text) as SavedKey;
      yield [key, decode(key, stored)];
    }
  }

  async isEmpty(): Promise<boolean> {
    const [first] = await this.#database.keys({ limit: 1 }).all();
    return first === undefined;
  }

  /** A `ChangeListener`: the change is written soon. */
  readonly note = (key: SavedKey, value: () => unknown): void => {
    if (this.#failure !== undefined || this.#isClosed) return;
    this.#pending.set(encodeKey(key), [key, value]);
    if (!this.#isHeld) this.#schedule();
  };

  /** Writes what was reported until now as one batch, and from now on each change. */
  begin(): Promise<void> {
    this.#isHeld = false;
    if (this.#pending.size > 0) this.#schedule();
    return this.written();
  }

  #schedule(): void {
    if (this.#next !== undefined) return;
    this.#next = (this.#current ?? Promise.resolve()).then(() => this.#write());
    this.#next.catch(() => undefined);
  }

  /** Resolves when every change so far is on the disk. Rejects if a change could not be written. */
  written(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return this.#next ?? this.#current ?? Promise.resolve();
  }

  /** Writes what is waiting and releases the folder. Later changes are not saved. */
  async close(): Promise<void> {
    this.#isClosed = true;
    try {
      await this.written();
    } finally {
      await this.#database.close();
    }
  }

  /**
   * LevelDB creates its files with the process's own rights, also in the background. Changing those (umask) would hide a database server's
   * password file from the server.
   */
  async #makeFilesPrivate(): Promise<void> {
    for (const name of await readdir(this.#folder)) {
      if (this.#private.has(name)) continue;
      this.#private.add(name);
      // A file of a compaction may be gone again.
      await chmod(join(this.#folder, name), 0o600).catch(() => undefined);
    }
  }

  async #write(): Promise<void> {
    await nextTurn();
    this.#current = this.#next;
    this.#next = undefined;
    try {
      // All values are read in one step, so that together they are a state that existed.
      const operations = [...this.#pending].map(([text, change]) => operationOf(text, change));
      this.#pending.clear();
      await this.#database.batch(operations, { sync: true });
      this.batches += 1;
      await this.#makeFilesPrivate();
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.onFailure(this.#failure);
      throw this.#failure;
    }
  }
}

function operationOf(text: string, [key, read]: readonly [SavedKey, () => unknown]): Operation {
  const value = read();
  return value === undefined
    ? { type: 'del', key: text }
    : { type: 'put', key: text, value: encode(key, value) };
}

const causeCode = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error && 'code' in error.cause
    ? error.cause.code
    : undefined;
