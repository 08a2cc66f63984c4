import { join } from 'node:path';
import { messageOf } from 'taskbound-evidence/command/errors';
import type { Io } from '../../io.ts';
import { readCdkJson } from '../cdk-json.ts';
import { appDigest } from './app-digest.ts';
import { installedFor } from './app-root.ts';
import { Doubt } from './doubt.ts';
import { KeptAssemblies } from './kept-assemblies.ts';

/** The assembly of an app, which was kept or can be kept. */
export interface KeptApp {
  /** The kept assembly, if the app is the same as when it was synthesized. */
  readonly directory?: string;
  /** Keeps a newly synthesized assembly. Does nothing if the app was changed meanwhile. */
  keep(directory: string): Promise<void>;
}

const NOT_KEPT: KeptApp = { keep: async () => undefined };

/**
 * Looks for the assembly of the app of `cdk.json` in the working directory, in `node_modules/.cache/taskbound`. See docs/decisions/0030. When in doubt,
 * there is none.
 */
export async function openKept(io: Io): Promise<KeptApp> {
  const [installed] = installedFor(io.cwd);
  if (installed === undefined || io.env['TASKBOUND_CACHE'] === '0') return NOT_KEPT;
  const commands = await readCdkJson(io.cwd);
  const digest = await digestOf(() => appDigest(commands, io), io);
  if (digest === undefined) return NOT_KEPT;
  const assemblies = new KeptAssemblies(join(installed, '.cache', 'taskbound'), io.clock.nowMs());
  const directory = await assemblies.find(digest);
  if (directory !== undefined) return { directory, keep: async () => undefined };
  return {
    keep: async (synthesized) => {
      const after = await digestOf(() => appDigest(commands, io), io);
      if (after === digest) await assemblies.store(digest, synthesized);
    },
  };
}

/** Undefined if it is not certain what the app depends on, or if a file cannot be read. */
async function digestOf(digest: () => string, io: Io): Promise<string | undefined> {
  try {
    return digest();
  } catch (error) {
    const isExpected = error instanceof Doubt || (error instanceof Error && 'code' in error);
    if (!isExpected) throw error;
    if (io.env['TASKBOUND_DEBUG'] === '1') io.err(`The assembly is not kept: ${messageOf(error)}.\n`);
    return undefined;
  }
}
