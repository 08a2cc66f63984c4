import type { LocalClock, TimerHandle } from './local-clock.ts';
import { sleepOn } from './sleep-on-clock.ts';

/** Node's timers count in 32 bits: a longer wait fires at once (https://nodejs.org/api/timers.html), so it is cut into legs. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Real time, for `taskbound local`. Holds mean nothing here: real time passes whatever is under way. */
export class SystemClock implements LocalClock {
  nowMs(): number {
    return Date.now();
  }

  setTimer(ms: number, fn: () => void): TimerHandle {
    const dueMs = this.nowMs() + Math.max(0, ms);
    let timeout: NodeJS.Timeout;
    const arm = (): void => {
      const leftMs = dueMs - this.nowMs();
      timeout =
        leftMs > LONGEST_TIMER_MS ? setTimeout(arm, LONGEST_TIMER_MS) : setTimeout(fn, Math.max(0, leftMs));
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
