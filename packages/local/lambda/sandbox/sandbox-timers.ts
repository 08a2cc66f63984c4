import { promisify } from 'node:util';
import type { LocalClock, TimerHandle } from '../../clock/local-clock.ts';

/** Controls a sandbox's access to the outside. A destroyed environment has none. */
export interface Guard {
  /** Runs the function's code. An error ends the environment, like an uncaught exception. */
  run(code: () => void): void;
  alive(): boolean;
}

type Callback = (...values: unknown[]) => void;

/** The return value of `setTimeout`: an object that converts to a number. */
class Timer {
  readonly id: number;
  constructor(id: number) {
    this.id = id;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
  [Symbol.toPrimitive](): number {
    return this.id;
  }
}

/**
 * Node treats every delay outside 1..2^31-1 as one millisecond:
 * https://nodejs.org/api/timers.html#settimeoutcallback-delay-args
 */
const delayOf = (ms: unknown): number => {
  const delay = Number(ms);
  return delay >= 1 && delay <= 2 ** 31 - 1 ? Math.trunc(delay) : 1;
};

interface Pending {
  readonly ms: number;
  readonly repeats: boolean;
  readonly code: () => void;
  dueMs: number;
  handle: TimerHandle | undefined;
}

/** The timers of an environment, on the embedded AWS's clock. */
export class SandboxTimers {
  readonly #clock: LocalClock;
  readonly #guard: Guard;
  readonly #pending = new Map<number, Pending>();
  #frozen = false;
  #lastId = 0;

  constructor(clock: LocalClock, guard: Guard) {
    this.#clock = clock;
    this.#guard = guard;
  }

  cancelAll(): void {
    this.freeze();
    this.#pending.clear();
  }

  /**
   * Stops the timers: between invocations an environment does not run:
   * https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
   */
  freeze(): void {
    this.#frozen = true;
    for (const pending of this.#pending.values()) pending.handle?.cancel();
  }

  thaw(): void {
    this.#frozen = false;
    for (const [id, pending] of this.#pending) this.#arm(id, pending);
  }

  readonly setTimeout = (callback: Callback, ms?: unknown, ...values: unknown[]): Timer =>
    this.#start(delayOf(ms), false, () => callback(...values));

  readonly setInterval = (callback: Callback, ms?: unknown, ...values: unknown[]): Timer =>
    this.#start(delayOf(ms), true, () => callback(...values));

  /** Runs one millisecond later, so that a loop of immediates reaches the function's timeout. */
  readonly setImmediate = (callback: Callback, ...values: unknown[]): Timer =>
    this.#start(1, false, () => callback(...values));

  readonly clear = (timer: unknown): void => {
    const id = Number(timer);
    this.#pending.get(id)?.handle?.cancel();
    this.#pending.delete(id);
  };

  #start(ms: number, repeats: boolean, code: () => void): Timer {
    this.#lastId += 1;
    const timer = new Timer(this.#lastId);
    if (this.#guard.alive())
      this.#add(timer.id, { ms, repeats, code, dueMs: this.#clock.nowMs() + ms, handle: undefined });
    return timer;
  }

  #add(id: number, pending: Pending): void {
    this.#pending.set(id, pending);
    if (!this.#frozen) this.#arm(id, pending);
  }

  #arm(id: number, pending: Pending): void {
    pending.handle = this.#clock.setTimer(Math.max(0, pending.dueMs - this.#clock.nowMs()), () => {
      this.#pending.delete(id);
      if (pending.repeats) this.#add(id, { ...pending, dueMs: this.#clock.nowMs() + pending.ms });
      this.#guard.run(pending.code);
    });
  }
}

type Sleep = (ms?: unknown, value?: unknown, options?: { readonly signal?: AbortSignal }) => Promise<unknown>;

const createSleep =
  (timers: SandboxTimers): Sleep =>
  (ms, value, options) =>
    new Promise((resolve, reject) => {
      options?.signal?.throwIfAborted();
      const timer = timers.setTimeout(() => resolve(value), ms);
      options?.signal?.addEventListener('abort', () => {
        timers.clear(timer);
        reject(options.signal?.reason);
      });
    });

/** The global timer functions, and the modules `timers` and `timers/promises`. */
export function timerGlobals(timers: SandboxTimers) {
  const sleep = createSleep(timers);
  const setTimeoutGlobal = Object.assign(timers.setTimeout.bind(undefined), { [promisify.custom]: sleep });
  const setImmediateGlobal = Object.assign(timers.setImmediate.bind(undefined), {
    [promisify.custom]: (value?: unknown) => sleep(1, value),
  });
  const globals = {
    setTimeout: setTimeoutGlobal,
    setInterval: timers.setInterval,
    setImmediate: setImmediateGlobal,
    clearTimeout: timers.clear,
    clearInterval: timers.clear,
    clearImmediate: timers.clear,
  };
  const promises = {
    setTimeout: sleep,
    setImmediate: (value?: unknown, options?: { readonly signal?: AbortSignal }) => sleep(1, value, options),
    scheduler: {
      wait: (ms: unknown, options?: { readonly signal?: AbortSignal }) => sleep(ms, undefined, options),
      yield: () => sleep(1),
    },
  };
  return { globals, module: { ...globals, promises }, promises };
}
