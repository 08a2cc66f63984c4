import * as z from 'zod';
import type { ClosedRow, LedgerRow } from '../ledger/ledger.ts';

/**
 * The source of events on the account's default event bus. Events are delivered at least once; consumers
 * recognize duplicates by their ids.
 */
export const EVENT_SOURCE = 'taskbound';

const time = z.iso.datetime();
const about = {
  version: z.literal(1),
  stack: z.string(),
  boundaryId: z.string(),
  taskType: z.string(),
  taskId: z.string(),
};

/**
 * Detail of `boundary.closed`: all access of the task has ended. One event for each boundary; duplicates have
 * the same `boundaryId`.
 */
export const boundaryClosed = z.strictObject({
  ...about,
  outcome: z.enum(['succeeded', 'failed']),
  proof: z.enum(['refused', 'nothing-issued', 'expired']),
  requestedAt: time,
  provenAt: time,
  closedAt: time,
});

/**
 * Detail of `boundary.unproven`: an execution gave up, and another one follows. One event for each attempt;
 * duplicates have the same `boundaryId` and `attempt`.
 */
export const boundaryUnproven = z.strictObject({
  ...about,
  phase: z.string(),
  /** 0 is the task's own execution; Teardown executions count from 1. */
  attempt: z.int().min(0),
  executionArn: z.string(),
  gaveUpAt: time,
});

export type BusEvent =
  | { readonly detailType: 'boundary.closed'; readonly detail: z.infer<typeof boundaryClosed> }
  | { readonly detailType: 'boundary.unproven'; readonly detail: z.infer<typeof boundaryUnproven> };

const iso = (ms: number): string => new Date(ms).toISOString();

const aboutOf = ({ stack, boundaryId, taskType, taskId }: LedgerRow) => ({
  version: 1,
  stack,
  boundaryId,
  taskType,
  taskId,
});

export const closedEvent = (row: ClosedRow): BusEvent => ({
  detailType: 'boundary.closed',
  detail: boundaryClosed.parse({
    ...aboutOf(row),
    outcome: row.outcome,
    proof: row.proof.kind,
    requestedAt: iso(row.requestedAtMs),
    provenAt: iso(row.proof.provenAtMs),
    closedAt: iso(row.closedAtMs),
  }),
});

export const unprovenEvent = (row: LedgerRow, gaveUp: NonNullable<LedgerRow['unproven']>): BusEvent => ({
  detailType: 'boundary.unproven',
  detail: boundaryUnproven.parse({
    ...aboutOf(row),
    phase: row.phase,
    attempt: gaveUp.attempt,
    executionArn: gaveUp.executionArn,
    gaveUpAt: iso(gaveUp.gaveUpAtMs),
  }),
});
