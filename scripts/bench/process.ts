import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NS_PER_MS = 1e6;

/** Runs a new Node process and returns its standard output. Throws an error with its standard error if it does not exit with 0. */
function node(args: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`node ${args.slice(-1).join(' ')} exited with ${status}: ${stderr}`);
}

/** Milliseconds from spawn to exit. */
export function msToExit(args: readonly string[]): number {
  const startedNs = process.hrtime.bigint();
  node(args);
  return Number(process.hrtime.bigint() - startedNs) / NS_PER_MS;
}

const SYNTH = `
const { synthesize } = await import('./sample/synthesize.ts');
synthesize({ outdir: process.argv[1] });
`;

/** Synthesizes the sample app in a new process, because the CDK would increase the memory of this process, which is measured. */
export async function synthesized() {
  const directory = await mkdtemp(join(tmpdir(), 'taskbound-bench-'));
  const discard = () => rm(directory, { recursive: true, force: true });
  try {
    return { directory, discard, ms: msToExit(['--input-type=module', '-e', SYNTH, directory]) };
  } catch (error) {
    await discard();
    throw error;
  }
}

/**
 * Loads a bundle and prints when its handler was ready. Both processes read the same monotonic clock. A bundle without a handler is an
 * error.
 */
const LOAD = `
const startedNs = process.hrtime.bigint();
const bundle = process.argv[1];
if (bundle !== undefined && typeof require(bundle).handler !== 'function') throw new Error('no handler: ' + bundle);
const readyNs = process.hrtime.bigint();
console.log(JSON.stringify({ readyNs: String(readyNs), loadMs: Number(readyNs - startedNs) / ${NS_PER_MS} }));
process.exit(0);
`;

export interface ColdStart {
  /** Milliseconds from spawn until the handler is ready. */
  readonly readyMs: number;
  /** The part of `readyMs` in which the bundle is loaded. */
  readonly loadMs: number;
}

/** Loads a bundle in a new process that has only the given environment. Without a bundle, it measures only the start of Node. */
export function coldStart(bundle: string | undefined, env: Record<string, string>): ColdStart {
  const startedNs = process.hrtime.bigint();
  const output = node(['-e', LOAD, ...(bundle === undefined ? [] : [bundle])], env);
  const { readyNs, loadMs }: { readonly readyNs: string; readonly loadMs: number } = JSON.parse(output);
  return { readyMs: Number(BigInt(readyNs) - startedNs) / NS_PER_MS, loadMs };
}
