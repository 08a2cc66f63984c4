import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NS_PER_MS = 1e6;

/** Runs a fresh Node process to its end. Throws with its standard error when it does not exit with 0. */
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

/** The sample app, synthesized by a fresh process: the CDK is not in the memory that is measured. */
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

/** Both processes read the same monotonic clock. A bundle without a handler is an error. */
const LOAD = `
const startedNs = process.hrtime.bigint();
const bundle = process.argv[1];
if (bundle !== undefined && typeof require(bundle).handler !== 'function') throw new Error('no handler: ' + bundle);
const readyNs = process.hrtime.bigint();
console.log(JSON.stringify({ readyNs: String(readyNs), loadMs: Number(readyNs - startedNs) / ${NS_PER_MS} }));
process.exit(0);
`;

export interface ColdStart {
  /** From spawn to the handler being there, milliseconds. */
  readonly readyMs: number;
  /** Of these, loading the bundle. */
  readonly loadMs: number;
}

/** Loads a bundle in a fresh process that has only the given environment; without a bundle, the start of Node alone. */
export function coldStart(bundle: string | undefined, env: Record<string, string>): ColdStart {
  const startedNs = process.hrtime.bigint();
  const output = node(['-e', LOAD, ...(bundle === undefined ? [] : [bundle])], env);
  const { readyNs, loadMs }: { readonly readyNs: string; readonly loadMs: number } = JSON.parse(output);
  return { readyMs: Number(BigInt(readyNs) - startedNs) / NS_PER_MS, loadMs };
}
