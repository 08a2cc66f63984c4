import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from 'taskbound-evidence/command/errors';
import { openKept } from '../app/cache/open-kept.ts';
import type { Io } from '../io.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';

/** A synthesized CDK app on disk. */
export interface Assembly {
  readonly directory: string;
  /** Removes the assembly if it is temporary; keeps a given one. */
  discard(): Promise<void>;
}

/** Opens the assembly in the given folder, the one that was kept of the unchanged app, or synthesizes the app into a temporary folder. */
export async function openAssembly(given: string | undefined, io: Io): Promise<Assembly> {
  if (given !== undefined) {
    const directory = resolve(io.cwd, given);
    const manifest = await stat(join(directory, 'manifest.json')).catch(() => undefined);
    if (manifest?.isFile() !== true) {
      throw new UsageError(
        `--assembly ${given} has no manifest.json; it must be a folder written by cdk synth, such as cdk.out. Synthesize first, or leave it out.`,
      );
    }
    return { directory, discard: async () => undefined };
  }
  const kept = io.keepsAssemblies === true ? await openKept(io) : undefined;
  if (kept?.directory !== undefined) {
    io.err('Using the assembly of the app of cdk.json, which has not changed\n');
    return { directory: kept.directory, discard: async () => undefined };
  }
  const { path: directory, remove: discard } = await makeTemporaryFolder('taskbound-assembly-');
  try {
    io.err('Synthesizing the app of cdk.json\n');
    await io.synthesize(directory);
    await kept?.keep(directory);
    return { directory, discard };
  } catch (error) {
    await discard();
    throw error;
  }
}
