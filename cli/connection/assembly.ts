import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from 'taskbound-evidence/command/errors';
import type { Io } from '../io.ts';
import { makeTemporaryFolder } from '../temporary-folder.ts';

/** A synthesized CDK app on disk. */
export interface Assembly {
  readonly directory: string;
  /** Removes the assembly if it is temporary; keeps a given one. */
  discard(): Promise<void>;
}

/** Opens the assembly in the given folder, or synthesizes the app into a temporary folder. */
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
  const { path: directory, remove: discard } = await makeTemporaryFolder('taskbound-assembly-');
  try {
    await io.synthesize(directory);
    return { directory, discard };
  } catch (error) {
    await discard();
    throw error;
  }
}
