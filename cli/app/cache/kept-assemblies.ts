import { randomUUID } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Keeps this many assemblies of an app, so that a change and its reversal do not synthesize twice. */
const KEPT = 4;
/** Another process may still read an entry that was found less than an hour ago, or write one. */
const IN_USE_MS = 3_600_000;

const ASSEMBLY = 'assembly';
const CONTENTS = 'contents.json';

/**
 * Synthesized assemblies, by the digest of what they depend on, in a folder. An entry is renamed to its place when it is complete: two processes can
 * store the same entry, and a process can end at any time. Every failure means that there is no entry.
 */
export class KeptAssemblies {
  readonly #folder: string;
  readonly #nowMs: number;

  constructor(folder: string, nowMs: number) {
    this.#folder = folder;
    this.#nowMs = nowMs;
  }

  /** The folder of a complete assembly, if there is one. */
  async find(digest: string): Promise<string | undefined> {
    const entry = join(this.#folder, digest);
    try {
      const contents: unknown = JSON.parse(await readFile(join(entry, CONTENTS), 'utf8'));
      const directory = join(entry, ASSEMBLY);
      if (JSON.stringify(contents) !== JSON.stringify(await contentsOf(directory))) return undefined;
      const now = new Date(this.#nowMs);
      await utimes(entry, now, now);
      return directory;
    } catch {
      return undefined;
    }
  }

  /** Copies an assembly into the entry. */
  async store(digest: string, directory: string): Promise<void> {
    const unfinished = join(this.#folder, `unfinished-${randomUUID()}`);
    try {
      await mkdir(unfinished, { recursive: true });
      await cp(directory, join(unfinished, ASSEMBLY), { recursive: true, verbatimSymlinks: true });
      const contents = await contentsOf(join(unfinished, ASSEMBLY));
      await writeFile(join(unfinished, CONTENTS), JSON.stringify(contents));
      await this.#replace(digest, unfinished);
      await this.#removeOld();
    } catch {
      // Without an entry, the next command synthesizes again.
    } finally {
      await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    }
  }

  /**
   * A complete entry stays: another process may read it. A directory cannot be renamed to one that has files, so what another process stored since
   * is never removed; only an entry that was found incomplete is moved away first.
   */
  async #replace(digest: string, unfinished: string): Promise<void> {
    const entry = join(this.#folder, digest);
    const isInPlace = await rename(unfinished, entry).then(
      () => true,
      () => false,
    );
    if (isInPlace || (await this.find(digest)) !== undefined) return;
    const aside = `${unfinished}-replaced`;
    await rename(entry, aside);
    await rename(unfinished, entry).finally(() => rm(aside, { recursive: true, force: true }));
  }

  async #removeOld(): Promise<void> {
    const names = await readdir(this.#folder);
    const entries = await Promise.all(
      names.map(async (name) => ({ name, usedMs: (await stat(join(this.#folder, name))).mtimeMs })),
    );
    const old = entries.sort((a, b) => b.usedMs - a.usedMs).slice(KEPT);
    for (const { name, usedMs } of old)
      if (usedMs < this.#nowMs - IN_USE_MS)
        await rm(join(this.#folder, name), { recursive: true, force: true });
  }
}

/** The size of each file, by its path. */
async function contentsOf(directory: string): Promise<Readonly<Record<string, number>>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(
    paths.sort().map(async (path) => [path.slice(directory.length), (await stat(path)).size] as const),
  );
  return Object.fromEntries(sizes);
}
