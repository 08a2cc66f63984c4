import { taskEnded } from 'taskbound-evidence/events/early-end-events';

/** Phases of a boundary, forward only. Evidence names them, so its schema is the source. */
export const PHASES = taskEnded.shape.wasIn.options;
export type Phase = (typeof PHASES)[number];

const rank = (phase: Phase): number => PHASES.indexOf(phase);

/** Each phase follows the one before; `revoking` may follow any phase before it, because a task can end anywhere. */
export function mayMove(from: Phase, to: Phase): boolean {
  if (to === 'revoking') return rank(from) < rank('revoking');
  return rank(to) === rank(from) + 1;
}

/** Whether something may still be issued: nothing is once the phase has passed `open`. */
export const mayIssue = (phase: Phase): boolean => phase === 'admitted' || phase === 'open';

/** Whether teardown has begun or ended. */
export const isEnding = (phase: Phase): boolean => rank(phase) >= rank('revoking');

export const isAtLeast = (phase: Phase, least: Phase): boolean => rank(phase) >= rank(least);
