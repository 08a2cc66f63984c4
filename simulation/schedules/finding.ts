import type { Schedule } from './schedule.ts';
import type { Violation } from '../judges/violation.ts';

/** The smallest schedule that shows what a larger one did. */
export interface Finding {
  readonly violation: Violation;
  readonly schedule: Schedule;
  readonly trace: readonly string[];
}
