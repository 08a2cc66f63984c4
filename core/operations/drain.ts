import * as z from 'zod';
import { sweepAtMs } from '../ledger/due.ts';
import { StackDraining } from '../shared/errors.ts';
import type { LedgerRow } from '../ledger/ledger.ts';
import { isEnding } from '../ledger/phase.ts';
import { REASON_CHARACTERS } from '../requests/reason.ts';

/** The drain marker's key in the ledger. It has no dot, so no boundary can have it. */
export const DRAIN_KEY = 'drain';

/** How long submit may run, seconds: what read the ledger before the marker was there can write until then, and not after. */
export const SUBMIT_TIMEOUT_SECONDS = 30;

/**
 * How far the ledger's index may be behind its rows, milliseconds. AWS promises "usually a fraction of a second" and no figure, so this is
 * generous: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.Writes
 */
export const INDEX_LAG_MS = 10_000;

/** How often the reconciler looks by itself, milliseconds; its schedule has the same figure. */
export const RECONCILE_EVERY_MS = 60_000;

/** The last millisecond that has a date: https://tc39.es/ecma262/#sec-time-values-and-time-range */
const LAST_MS = 8.64e15;

/** While this item stands in the ledger, submit writes no new row. It has no `day` and no `due`, so it is in no index. */
const drainMarker = z.looseObject({
  boundaryId: z.literal(DRAIN_KEY),
  /** By the clock of who drains, milliseconds since 1970: for people. Nothing is decided by it. */
  sinceMs: z.int().min(0).max(LAST_MS),
  /** The caller's ARN, or a user name where that could not be asked for. */
  by: z.string().min(1),
  reason: z.string().min(1).max(REASON_CHARACTERS),
});
export type DrainMarker = z.infer<typeof drainMarker>;

/** What stands under the marker's key. `fault`: something that is no marker; it refuses new tasks all the same. */
export type Drain = { readonly marker: DrainMarker } | { readonly fault: string };

/** Reads the item under the marker's key; undefined when there is none. */
export function drainOf(item: Readonly<Record<string, unknown>> | undefined): Drain | undefined {
  if (item === undefined) return undefined;
  const parsed = drainMarker.safeParse(item);
  if (parsed.success) return { marker: parsed.data };
  const issue = parsed.error.issues[0];
  return { fault: `${issue?.path.join('.') || 'the item'}: ${issue?.message ?? 'of another form'}` };
}

/** Why a new task is refused. Names and reasons are other people's words: quoted, so that they stay on one line. */
export function drainingError(stack: string, drain: Drain): StackDraining {
  const seen =
    'marker' in drain
      ? `it has been draining since ${new Date(drain.marker.sinceMs).toISOString()}, by ${JSON.stringify(drain.marker.by)} because of ${JSON.stringify(drain.marker.reason)}`
      : `its drain marker cannot be read (${drain.fault}), and what cannot be read is taken for a drain`;
  return new StackDraining(
    `Stack ${stack} takes no new tasks: ${seen}; allowed: tasks that stand already. No task was made. Submit it again after taskbound drain --resume.`,
  );
}

/** What keeps a row from letting the stack be deleted: `waiting` is closed, but its deny and other leftovers are not taken away yet. */
export function standingOf(row: LedgerRow): 'open' | 'waiting' | 'done' {
  if (row.phase !== 'closed') return 'open';
  return sweepAtMs(row) === undefined ? 'done' : 'waiting';
}

/** When the leftovers of a closed boundary are taken away at the latest, if nothing fails: milliseconds. */
export const liftedByMs = (row: LedgerRow): number =>
  Math.max(sweepAtMs(row) ?? 0, row.postponed?.untilMs ?? 0) + RECONCILE_EVERY_MS;

/** Whether stopping the execution can end the task sooner: once teardown has begun, it would only put its end off. */
export const mayBeEnded = (row: LedgerRow): boolean => !isEnding(row.phase) && row.teardown === undefined;

/** What is known when a look at the index found nothing. */
export interface EmptyLook {
  /** When the look began. */
  readonly beganMs: number;
  /** From when on the marker is known to have stood, by the same clock. */
  readonly refusingSinceMs: number;
  /** When the first look of this row of empty ones had ended; undefined when this is the first. */
  readonly emptySinceMs: number | undefined;
}

/**
 * Whether nothing can come any more. A submit that read before the marker has ended, and what it wrote would be in the index; and a row
 * that was between two places of the index (it moves by being taken out and put in again) would have been seen by one of two looks.
 */
export const isSafe = ({ beganMs, refusingSinceMs, emptySinceMs }: EmptyLook): boolean =>
  emptySinceMs !== undefined &&
  beganMs >= emptySinceMs + INDEX_LAG_MS &&
  beganMs >= refusingSinceMs + SUBMIT_TIMEOUT_SECONDS * 1000 + INDEX_LAG_MS;
