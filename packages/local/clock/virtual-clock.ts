import type { LocalClock, TimerHandle, TimerOptions } from './local-clock.ts';
import { sleepOn } from './sleep-on-clock.ts';

/**
 * Time advances after this many event loop turns without a hold or a timer change. Promise chains finish
 * within one turn; `setImmediate` and streams need a few more. Work outside the event loop (disk, sockets,
 * worker threads) must take a hold.
 */
const IDLE_TURNS = 8;

interface Timer {
  readonly dueMs: number;
  readonly fn: () => void;
  readonly isBackground: boolean;
}

/**
 * Time that advances only while something waits and no work is in progress: a timer is pending that is not in
 * the background, no hold is taken, and the event loop has been idle for some turns. Then it jumps to the
 * earliest timer (ties in the order they were set), also one in the background, and fires it. While nothing
 * waits, time stands still and nothing is scheduled, so it does not keep the process alive.
 */
export class VirtualClock implements LocalClock {
  readonly #timers: Timer[] = [];
  #nowMs: number;
  /** The number of timers that are not in the background. */
  #awaited = 0;
  #holds = 0;
  #idleTurns = 0;
  #watching = false;

  constructor(options: { readonly startMs: number }) {
    this.#nowMs = Math.floor(options.startMs);
  }

  nowMs(): number {
    return this.#nowMs;
  }

  setTimer(ms: number, fn: () => void, { isBackground = false }: TimerOptions = {}): TimerHandle {
    // Rounded up to whole milliseconds, like Date: a backoff of 32.7 ms ends at 33.
    const timer: Timer = { dueMs: Math.ceil(this.#nowMs + Math.max(0, ms)), fn, isBackground };
    this.#insert(timer);
    this.#activity();
    return { cancel: () => this.#remove(timer) };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  hold(): () => void {
    this.#holds++;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#holds--;
      this.#activity();
    };
  }

  /** Advances time by `ms` at once, even during a hold, and fires due timers in order. For tests. */
  advance(ms: number): void {
    const targetMs = this.#nowMs + ms;
    for (let next = this.#timers[0]; next !== undefined && next.dueMs <= targetMs; next = this.#timers[0])
      this.#fire(next);
    this.#nowMs = targetMs;
  }

  /** Keeps timers in firing order. A new timer goes after those with the same time. */
  #insert(timer: Timer): void {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#timers[middle]?.dueMs ?? Infinity) <= timer.dueMs) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
    if (!timer.isBackground) this.#awaited++;
  }

  #remove(timer: Timer): void {
    const index = this.#timers.indexOf(timer);
    if (index < 0) return;
    this.#timers.splice(index, 1);
    if (!timer.isBackground) this.#awaited--;
  }

  #fire(timer: Timer): void {
    this.#remove(timer);
    this.#nowMs = timer.dueMs;
    timer.fn();
  }

  /** Restarts the count of idle turns, and starts watching if a timer is waiting. */
  #activity(): void {
    this.#idleTurns = 0;
    if (this.#watching || !this.#mayPass()) return;
    this.#watching = true;
    setImmediate(this.#turn);
  }

  #mayPass(): boolean {
    return this.#holds === 0 && this.#awaited > 0;
  }

  readonly #turn = (): void => {
    this.#watching = false;
    const next = this.#timers[0];
    if (!this.#mayPass() || next === undefined) return;
    try {
      if (++this.#idleTurns > IDLE_TURNS) {
        this.#idleTurns = 0;
        this.#fire(next);
      }
    } finally {
      this.#keepWatching();
    }
  };

  #keepWatching(): void {
    if (this.#watching || !this.#mayPass()) return;
    this.#watching = true;
    setImmediate(this.#turn);
  }
}
