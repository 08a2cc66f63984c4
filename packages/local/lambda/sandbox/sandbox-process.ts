import { EventEmitter } from 'node:events';
import type { LocalClock } from '../../clock/local-clock.ts';

interface ProcessWiring {
  readonly environment: Record<string, string>;
  readonly clock: LocalClock;
  /** Ends the environment. `status` has Lambda's wording: `exit status 1`, `signal: killed`. */
  exit(status: string): never;
  write(stream: 'STDOUT' | 'STDERR', text: string): void;
}

const output = (write: (text: string) => void) =>
  Object.assign(new EventEmitter(), {
    isTTY: false,
    writable: true,
    write: (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      write(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
      const done = rest.at(-1);
      if (typeof done === 'function') queueMicrotask(() => done());
      return true;
    },
  });

function highResolutionTime(clock: LocalClock, startMs: number) {
  const elapsedNs = (): bigint => BigInt(Math.round((clock.nowMs() - startMs) * 1e6));
  const pair = (since?: readonly [number, number]): [number, number] => {
    const nanoseconds =
      elapsedNs() - (since === undefined ? 0n : BigInt(since[0]) * 1_000_000_000n + BigInt(since[1]));
    return [Number(nanoseconds / 1_000_000_000n), Number(nanoseconds % 1_000_000_000n)];
  };
  return Object.assign(pair, { bigint: elapsedNs });
}

/** The `process` of an environment, with its own variables and none of the machine's. */
export function sandboxProcess({ environment, clock, exit, write }: ProcessWiring) {
  const startMs = clock.nowMs();
  const numbered = (code: unknown): never => exit(`exit status ${Number(code ?? 0)}`);
  return Object.assign(new EventEmitter(), {
    env: environment,
    argv: ['/var/lang/bin/node', '/var/runtime/index.mjs'],
    execArgv: [],
    execPath: '/var/lang/bin/node',
    title: 'node',
    pid: 8,
    ppid: 1,
    platform: 'linux',
    arch: 'arm64',
    version: process.version,
    versions: { ...process.versions },
    release: { ...process.release },
    features: { ...process.features },
    exitCode: undefined,
    cwd: () => '/var/task',
    umask: () => 0o22,
    uptime: () => (clock.nowMs() - startMs) / 1_000,
    hrtime: highResolutionTime(clock, startMs),
    memoryUsage: Object.assign(() => process.memoryUsage(), { rss: () => process.memoryUsage.rss() }),
    cpuUsage: () => process.cpuUsage(),
    getuid: () => 993,
    getgid: () => 990,
    geteuid: () => 993,
    getegid: () => 990,
    nextTick: (callback: (...values: unknown[]) => void, ...values: unknown[]) =>
      process.nextTick(callback, ...values),
    emitWarning: (warning: unknown) => write('STDERR', `Warning: ${String(warning)}\n`),
    stdout: output((text) => write('STDOUT', text)),
    stderr: output((text) => write('STDERR', text)),
    exit: numbered,
    reallyExit: numbered,
    abort: () => exit('signal: aborted'),
    kill: (_pid: unknown, signal?: unknown) =>
      exit(signal === 'SIGKILL' ? 'signal: killed' : 'signal: terminated'),
  });
}
