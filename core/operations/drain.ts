import * as z from 'zod';
import { sweepAtMs } from '../ledger/due.ts';
import { StackDraining } from '../shared/errors.ts';
import type { LedgerRow } from '../ledger/ledger.ts';
import { isEnding } from '../ledger/phase.ts';
import { REASON_CHARACTERS } from '../requests/reason.ts';

/** The drain marker's key in the ledger. It has no dot, so no boundary can have it. */
export const DRAIN_KEY = 'drain';

/**
 * How long submit may run, seconds. A call that read the ledger before the marker was written can write only
 * within this time.
 */
export const SUBMIT_TIMEOUT_SECONDS = 30;

/**
 * How far the ledger's index may be behind its rows, milliseconds. AWS documents "usually a fraction of a
 * second" without a limit, so this is generous:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.Writes
 */
export const INDEX_LAG_MS = 10_000;

/** How often the reconciler runs on its schedule, milliseconds. The schedule has the same interval. */
export const RECONCILE_EVERY_MS = 60_000;

/** The last millisecond that has a date: https://tc39.es/ecma262/#sec-time-values-and-time-range */
const LAST_MS = 8.64e15;

/**
 * While this item is in the ledger, submit writes no new row. It has no `day` and no `due`, so it is not in
 * an index.
 */
const drainMarker = z.looseObject({
  boundaryId: z.literal(DRAIN_KEY),
  /**
   * By the clock of the person who drains, milliseconds since 1970. For information only: no decision depends
   * on it.
   */
  sinceMs: z.int().min(0).max(LAST_MS),
  /** The caller's ARN, or a user name if the ARN is not available. */
  by: z.string().min(1),
  reason: z.string().min(1).max(REASON_CHARACTERS),
});
export type DrainMarker = z.infer<typeof drainMarker>;

/**
 * The item with the marker's key. `fault`: the item is not a valid marker, but new tasks are refused as well.
 */
export type Drain = { readonly marker: DrainMarker } | { readonly fault: string };

/** Reads the item with the marker's key. Undefined if there is none. */
export function drainOf(item: Readonly<Record<string, unknown>> | undefined): Drain | undefined {
  if (item === undefined) return undefined;
  const parsed = drainMarker.safeParse(item);
  if (parsed.success) return { marker: parsed.data };
  const issue = parsed.error.issues[0];
  return { fault: `${issue?.path.join('.') || 'the item'}: ${issue?.message ?? 'in another form'}` };
}

/**
 * The error for a new task. Names and reasons are text from outside, so they are quoted to stay on one line.
 */
export function drainingError(stack: string, drain: Drain): StackDraining {
  const seen =
    'marker' in drain
      ? `it has been draining since ${new Date(drain.marker.sinceMs).toISOString()}, by ${JSON.stringify(drain.marker.by)} because of ${JSON.stringify(drain.marker.reason)}`
      : `its drain marker cannot be read (${drain.fault}), so it is treated as draining`;
  return new StackDraining(
    `Stack ${stack} takes no new tasks: ${seen}; allowed: tasks that exist already. No task was created. Submit it again after taskbound drain --resume.`,
  );
}

/**
 * Whether a row allows the stack to be deleted. `waiting`: the boundary is closed, but its deny policy and
 * other leftovers are not removed yet.
 */
export function removalState(row: LedgerRow): 'open' | 'waiting' | 'done' {
  if (row.phase !== 'closed') return 'open';
  return sweepAtMs(row) === undefined ? 'done' : 'waiting';
}

/** The latest time at which the leftovers of a closed boundary are removed if nothing fails, milliseconds. */
export const sweptByMs = (row: LedgerRow): number =>
  Math.max(sweepAtMs(row) ?? 0, row.postponed?.untilMs ?? 0) + RECONCILE_EVERY_MS;

/**
 * Whether stopping the execution can end the task earlier. After teardown has started, it would only delay
 * the end.
 */
export const mayBeEnded = (row: LedgerRow): boolean => !isEnding(row.phase) && row.teardown === undefined;

/** What is known after a query of the index that found nothing. */
export interface EmptyQuery {
  /** When the query started. */
  readonly beganMs: number;
  /** The time since when the marker is known to exist, by the same clock. */
  readonly refusingSinceMs: number;
  /** When the first of the consecutive empty queries ended. Undefined if this is the first. */
  readonly emptySinceMs: number | undefined;
}

/**
 * Whether no more rows can appear. Every submit that read the ledger before the marker has ended, and its row
 * would be in the index. A row that was moving within the index (it is removed and inserted again) would have
 * been found by one of two queries.
 */
export const isSafe = ({ beganMs, refusingSinceMs, emptySinceMs }: EmptyQuery): boolean =>
  emptySinceMs !== undefined &&
  beganMs >= emptySinceMs + INDEX_LAG_MS &&
  beganMs >= refusingSinceMs + SUBMIT_TIMEOUT_SECONDS * 1000 + INDEX_LAG_MS;
