import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { messageOf, UsageError } from '../../command/errors.ts';
import type { OpenedFile, TrailSource } from './trail-source.ts';

/** A trail's files in a folder and its subfolders. */
export class FolderSource implements TrailSource {
  readonly place: string;
  readonly #root: string;

  constructor(place: string, cwd: string) {
    this.place = place;
    this.#root = resolve(cwd, place);
  }

  async names(): Promise<readonly string[]> {
    const entries = await readdir(this.#root, { recursive: true, withFileTypes: true }).catch(
      (error: unknown) => {
        throw new UsageError(
          `The trail ${JSON.stringify(this.place)} cannot be read: ${messageOf(error)}. Give a folder with CloudTrail files, or s3://bucket/prefix.`,
        );
      },
    );
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(this.#root, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .sort();
  }

  open(name: string): Promise<OpenedFile> {
    return Promise.resolve({ body: createReadStream(join(this.#root, name)), signature: undefined });
  }
}
