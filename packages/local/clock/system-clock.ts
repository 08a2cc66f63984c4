import type { LocalClock, TimerHandle } from './local-clock.ts';
import { sleepOn } from './sleep-on-clock.ts';

/**
 * Node's timers are limited to 32 bits; longer ones fire at once (https://nodejs.org/api/timers.html). Longer
 * waits are split.
 */
const MAX_TIMER_MS = 2_147_483_647;

/** Real time, for `taskbound local`. Holds have no effect: real time cannot be stopped. */
export class SystemClock implements LocalClock {
  nowMs(): number {
    return Date.now();
  }

  setTimer(ms: number, fn: () => void): TimerHandle {
    const dueMs = this.nowMs() + Math.max(0, ms);
    let timeout: NodeJS.Timeout;
    const arm = (): void => {
      const leftMs = dueMs - this.nowMs();
      timeout = leftMs > MAX_TIMER_MS ? setTimeout(arm, MAX_TIMER_MS) : setTimeout(fn, Math.max(0, leftMs));
    };
    arm();
    return { cancel: () => clearTimeout(timeout) };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }

  hold(): () => void {
    return () => undefined;
  }
}
