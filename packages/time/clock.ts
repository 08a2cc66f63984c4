/** The only way to read the time or to wait, so that tests and simulations can replace it. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  nowMs(): number;
  /**
   * Resolves after `ms` milliseconds of this clock. Rejects with the signal's reason if the signal aborts
   * first.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
