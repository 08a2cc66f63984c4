import type { LocalClock } from 'taskbound-local/clock/local-clock';

/**
 * Lets virtual time pass only during calls. Otherwise it would skip from one schedule to the next while a test does something else, and a
 * task that waits for approval would expire.
 */
export class PassingTime {
  readonly #clock: LocalClock;
  #release: () => void;
  #calls = 0;

  constructor(clock: LocalClock) {
    this.#clock = clock;
    this.#release = clock.hold();
  }

  async during<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.#calls === 0) this.#release();
    this.#calls += 1;
    try {
      return await call();
    } finally {
      this.#calls -= 1;
      if (this.#calls === 0) this.#release = this.#clock.hold();
    }
  }
}
