import type { LeaseFacts, TaskFacts } from './task-facts.ts';

/**
 * From when on nothing of a lease may be answered, seconds: its deadline or the proof, whichever is first. The trail's times are whole
 * seconds, rounded down: a call of the very second of the end may have been before it, and counts as before.
 */
export const endSecondOf = (lease: LeaseFacts, { provenSecond = Infinity }: TaskFacts): number =>
  Math.min(lease.deadlineSecond, provenSecond);
