import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set<string>();

/** A folder that is removed by `remove`, and at the latest when the process exits. */
export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

export async function makeTemporaryFolder(prefix: string): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  if (folders.size === 0) process.once('exit', removeAll);
  folders.add(path);
  const remove = async (): Promise<void> => {
    await rm(path, { recursive: true, force: true });
    folders.delete(path);
    if (folders.size === 0) process.removeListener('exit', removeAll);
  };
  return { path, remove };
}

/** An exiting process cannot await. */
function removeAll(): void {
  for (const path of folders) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}
