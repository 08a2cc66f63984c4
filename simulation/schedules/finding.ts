import type { Schedule } from './schedule.ts';
import type { Violation } from '../judges/violation.ts';

/** The smallest schedule that breaks the same invariant as a larger one. */
export interface Finding {
  readonly violation: Violation;
  readonly schedule: Schedule;
  readonly trace: readonly string[];
}
