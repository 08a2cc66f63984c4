import { workEvent, type WorkEvent } from '../../core/work/work.ts';
import { LeaseOver, MalformedWorkEvent } from './errors.ts';

export interface Lease {
  readonly event: WorkEvent;
  readonly deadlineMs: number;
}

/** Parses the event that IssueIdentity made. Throws if fields are wrong, or if the lease has ended. */
export function parseWorkEvent(input: unknown, nowMs: number): Lease {
  const parsed = workEvent.safeParse(input);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      (issue) => `${issue.path.join('.') || 'the event'}: ${issue.message}`,
    );
    throw new MalformedWorkEvent(
      `The work was called with an event that does not match the work contract (${faults.join('; ')}). Only the state RunWork calls it, with what IssueIdentity returned.`,
    );
  }
  const deadlineMs = Date.parse(parsed.data.deadline);
  if (Number.isNaN(deadlineMs)) {
    throw new MalformedWorkEvent(
      `The event's deadline is ${JSON.stringify(parsed.data.deadline)}; allowed: ISO 8601, for example 2026-11-23T10:00:00Z.`,
    );
  }
  if (deadlineMs <= nowMs) {
    throw new LeaseOver(
      `The lease of ${parsed.data.boundaryId} ended at ${parsed.data.deadline}, before the work started. Submit the task again; if this happens again, check what delays RunWork.`,
    );
  }
  return { event: parsed.data, deadlineMs };
}
