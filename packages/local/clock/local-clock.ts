import type { Clock } from 'taskbound-time/clock';

export interface TimerHandle {
  cancel(): void;
}

/** The clock of the embedded AWS: real, or virtual and then passing only while nothing works. */
export interface LocalClock extends Clock {
  /** Calls `fn` once after `ms` milliseconds. */
  setTimer(ms: number, fn: () => void): TimerHandle;
  /** While at least one hold is taken, virtual time does not pass: real work is under way. Returns the release (idempotent). */
  hold(): () => void;
}
