import type { Clock } from 'taskbound-time/clock';

export interface TimerHandle {
  cancel(): void;
}

export interface TimerOptions {
  /**
   * True for a timer that nobody waits for, such as the next occurrence of a schedule. It fires when its time comes, but virtual time does
   * not advance for its sake. @default false
   */
  readonly isBackground?: boolean;
}

/** The clock of the embedded AWS: real, or virtual. Virtual time advances only while no work is in progress. */
export interface LocalClock extends Clock {
  /** Calls `fn` once after `ms` milliseconds. */
  setTimer(ms: number, fn: () => void, options?: TimerOptions): TimerHandle;
  /** Stops virtual time while real work is in progress. Returns an idempotent function that releases the hold. */
  hold(): () => void;
}
