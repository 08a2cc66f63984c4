import { performance as hostPerformance } from 'node:perf_hooks';
import { Script } from 'node:vm';
import type { LocalClock } from '../../clock/local-clock.ts';
import type { Transport } from '../transport.ts';
import { fileModules } from './files/file-modules.ts';
import { TemporaryFiles } from './files/temporary-files.ts';
import { inProcessHttp } from './in-process-http.ts';
import { sandboxConsole } from './sandbox-console.ts';
import { sandboxRequire, workingModules } from './sandbox-modules.ts';
import type { ReachableServers } from '../reachable-servers.ts';
import { sandboxNet } from './sandbox-net.ts';
import { sandboxProcess } from './sandbox-process.ts';
import { createRealm, type Realm } from './sandbox-realm.ts';
import { timerGlobals, type Guard, type SandboxTimers } from './sandbox-timers.ts';
import type { LogLine } from '../types.ts';

/** What an environment provides to its sandbox. */
export interface SandboxWiring {
  readonly clock: LocalClock;
  readonly guard: Guard;
  readonly timers: SandboxTimers;
  readonly send: Transport;
  readonly reachable: ReachableServers;
  readonly variables: Record<string, string>;
  /** The size of `/tmp`. */
  readonly temporaryBytes: number;
  exit(status: string): never;
  log(level: LogLine['level'], message: string): void;
}

export interface Sandbox extends Realm {
  readonly require: (name: string) => unknown;
  /** Calls `step` in the context. Throws when it takes longer than `limitMs` of real time. */
  withTimeLimit<T>(limitMs: number, step: () => T): T;
  /** Closes the connections to servers outside. */
  disconnect(): void;
  /**
   * Passes an uncaught error to the function's own monitors, like Node. Returns the error, or what a monitor
   * threw.
   */
  notifyMonitors(error: unknown): unknown;
}

const stepKey = Symbol.for('taskbound.step');
const runStep = new Script(`globalThis[Symbol.for('taskbound.step')]()`, { filename: 'node:taskbound/step' });

/** The host's `AbortSignal`, with `timeout` on the embedded AWS's clock. */
const abortSignalOn = (timers: SandboxTimers): typeof AbortSignal => {
  const timeout = (ms: number): AbortSignal => {
    const controller = new AbortController();
    timers.setTimeout(
      () => controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
      ms,
    );
    return controller.signal;
  };
  return new Proxy(AbortSignal, {
    get: (target, name) => (name === 'timeout' ? timeout : Reflect.get(target, name)),
  });
};

const performanceOn = (clock: LocalClock) => {
  const originMs = clock.nowMs();
  return {
    timeOrigin: originMs,
    now: () => clock.nowMs() - originMs,
    mark: () => undefined,
    measure: () => undefined,
  };
};

/** Creates the context of a cold start, with everything that a function can access. */
export function createSandbox(wiring: SandboxWiring): Sandbox {
  const { clock, guard, timers, send, reachable, variables, exit, log } = wiring;
  const timing = timerGlobals(timers);
  const working = workingModules(clock);
  const console = sandboxConsole(log);
  const performance = performanceOn(clock);
  const process = sandboxProcess({
    environment: variables,
    clock,
    exit,
    write: (stream, text) => log(stream, text),
  });
  const http = inProcessHttp({ send, clock, guard });
  const net = sandboxNet({ clock, guard, reachable });
  const require = sandboxRequire({
    http,
    https: http,
    net: net.module,
    process,
    console,
    timers: timing.module,
    'timers/promises': timing.promises,
    perf_hooks: { performance, PerformanceObserver: hostPerformance.constructor },
    crypto: working.crypto,
    zlib: working.zlib,
    ...fileModules(new TemporaryFiles(wiring.temporaryBytes, () => clock.nowMs())),
  });
  const globals = {
    ...timing.globals,
    console,
    process,
    performance,
    crypto: working.webcrypto,
    AbortSignal: abortSignalOn(timers),
  };
  const realm = createRealm(globals, () => clock.nowMs());
  const bounded = <T>(limitMs: number, step: () => T): T => {
    Reflect.set(realm.context, stepKey, step);
    const result: T = runStep.runInContext(realm.context, { timeout: limitMs });
    return result;
  };
  const monitored = (error: unknown): unknown => {
    try {
      process.emit('uncaughtExceptionMonitor', error);
      return error;
    } catch (thrown) {
      return thrown;
    }
  };
  return { ...realm, require, withTimeLimit: bounded, notifyMonitors: monitored, disconnect: net.disconnect };
}
