import type { LocalClock, TimerHandle, TimerOptions } from './local-clock.ts';
import { sleepOn } from './sleep-on-clock.ts';

/**
 * The clock of one embedded AWS. After `close`, none of its timers fires. Otherwise an execution that is
 * retried, or a boundary that never closes, would keep the process running for ever.
 */
export class ClosableClock implements LocalClock {
  readonly #clock: LocalClock;
  readonly #timers = new Set<TimerHandle>();
  #isClosed = false;

  constructor(clock: LocalClock) {
    this.#clock = clock;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  setTimer(ms: number, fn: () => void, options?: TimerOptions): TimerHandle {
    if (this.#isClosed) return { cancel: () => undefined };
    const inner = this.#clock.setTimer(
      ms,
      () => {
        this.#timers.delete(timer);
        fn();
      },
      options,
    );
    const timer: TimerHandle = {
      cancel: () => {
        this.#timers.delete(timer);
        inner.cancel();
      },
    };
    this.#timers.add(timer);
    return timer;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  hold(): () => void {
    return this.#clock.hold();
  }

  /** Cancels all timers, now and from now on. What waits for one of them waits for ever. */
  close(): void {
    this.#isClosed = true;
    for (const timer of [...this.#timers]) timer.cancel();
  }
}
