import type { Clock } from 'taskbound-time/clock';

export interface TimerHandle {
  cancel(): void;
}

/** The clock of the embedded AWS: real, or virtual. Virtual time advances only while no work is in progress. */
export interface LocalClock extends Clock {
  /** Calls `fn` once after `ms` milliseconds. */
  setTimer(ms: number, fn: () => void): TimerHandle;
  /** Stops virtual time while real work is in progress. Returns an idempotent function that releases the hold. */
  hold(): () => void;
}
