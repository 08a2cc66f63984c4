import * as z from 'zod';
import { ARCHIVE_STATES } from 'taskbound-evidence/chain/bundle';
import { leaseRecord } from './lease-record.ts';
import { NotProven } from '../shared/errors.ts';
import { absent, ms } from './fields.ts';
import { denyRecord, proofRecord, workOutcome } from './outcome-records.ts';
import { endedRecord } from './people-records.ts';
import { isEnding, mayIssue, PHASES, type Phase } from './phase.ts';
import { rowBase } from './row-base.ts';
import { secretRecord } from './secret-record.ts';

const nothingIssued = {
  secrets: z.array(
    secretRecord.refine(
      ({ state }) => state === 'planned',
      'a secret is intended only once the task is admitted',
    ),
  ),
  leases: z.array(leaseRecord).max(0, 'a lease is intended only once the task is admitted'),
  taskDeadlineMs: absent,
};

const notClosed = {
  outcome: absent,
  closedAtMs: absent,
  archive: absent,
  announcedAtMs: absent,
  sweptAtMs: absent,
};

const notEnding = {
  ended: absent,
  revokingAtMs: absent,
  work: absent,
  deny: absent,
  proof: absent,
  ...notClosed,
};

const approved = {
  /** When the approval that completed the quorum was given; only with `approval`. */
  approvedAtMs: ms.optional(),
};

const issuing = {
  /**
   * The last moment at which anything issued for the task can be of use. Set with the first intent, in
   * `admitted`.
   */
  taskDeadlineMs: ms.optional(),
};

/** The task ends. From here on nothing more is intended. */
const ending = {
  revokingAtMs: ms,
  work: workOutcome,
  /** Where a person ended it. */
  ended: endedRecord.optional(),
  /** Where a lease was intended, once RevokeAndRecord has tried to put it. */
  deny: denyRecord.optional(),
  /** Only where the task was approved before it ended. */
  ...approved,
  ...issuing,
};

const requestedRow = z.looseObject({
  ...rowBase,
  phase: z.literal('requested'),
  approvedAtMs: absent,
  ...nothingIssued,
  ...notEnding,
});

const approvedRow = z.looseObject({
  ...rowBase,
  phase: z.literal('approved'),
  ...approved,
  ...nothingIssued,
  ...notEnding,
});

const admittedRow = z.looseObject({
  ...rowBase,
  phase: z.literal('admitted'),
  ...approved,
  ...issuing,
  ...notEnding,
});

const openRow = z.looseObject({
  ...rowBase,
  phase: z.literal('open'),
  ...approved,
  ...issuing,
  ...notEnding,
});

const revokingRow = z.looseObject({
  ...rowBase,
  phase: z.literal('revoking'),
  ...ending,
  proof: absent,
  ...notClosed,
});

const revokedRow = z.looseObject({
  ...rowBase,
  phase: z.literal('revoked'),
  ...ending,
  /** Absent until ProveRevoked has recorded it. */
  proof: proofRecord.optional(),
  ...notClosed,
});

const closedRow = z.looseObject({
  ...rowBase,
  phase: z.literal('closed'),
  ...ending,
  proof: proofRecord,
  outcome: z.enum(['succeeded', 'failed']),
  closedAtMs: ms,
  /** Whether the archive has the bundle; absent where the stack has no archive. */
  archive: z.enum(ARCHIVE_STATES).optional(),
  /** When the event bus accepted `boundary.closed`. While it is absent, the row is due for it. */
  announcedAtMs: ms.optional(),
  /** When leftovers were swept, the deny included; never before the last deadline. */
  sweptAtMs: ms.optional(),
});

/**
 * The one mutable row of a task, by phase. Teardown needs nothing that is not in it. Times are milliseconds
 * since 1970. Unknown fields are kept as they are: a running execution is pinned to the functions that it
 * began with, and a later deploy may write more.
 */
export const ledgerRow = z
  .discriminatedUnion(
    'phase',
    [requestedRow, approvedRow, admittedRow, openRow, revokingRow, revokedRow, closedRow],
    `allowed: ${PHASES.join(', ')}`,
  )
  .refine(({ approval, emergency }) => approval === undefined || emergency === undefined, {
    path: ['emergency'],
    message: 'a task that needs approval is no emergency',
  })
  .refine(({ approval, decisions }) => approval !== undefined || decisions === undefined, {
    path: ['decisions'],
    message: 'a task that needs no approval has no decisions',
  })
  .refine(({ approval, approvedAtMs }) => approval !== undefined || approvedAtMs === undefined, {
    path: ['approvedAtMs'],
    message: 'a task that needs no approval has no time of approval',
  });
export type LedgerRow = z.infer<typeof ledgerRow>;

export type RowIn<P extends Phase> = Extract<LedgerRow, { readonly phase: P }>;
export type ClosedRow = RowIn<'closed'>;
/** Teardown has begun or ended. */
export type EndingRow = RowIn<'revoking' | 'revoked' | 'closed'>;
/** Secrets and leases may be issued. */
export type IssuingRow = RowIn<'admitted' | 'open'>;

/** Its access has ended, and the evidence shows it. */
export type ProvenRow = ClosedRow | (RowIn<'revoked'> & Pick<ClosedRow, 'proof'>);

export const isProvenRow = (row: LedgerRow): row is ProvenRow => row.proof !== undefined;
export const isEndingRow = (row: LedgerRow): row is EndingRow => isEnding(row.phase);
/**
 * For a row that is read again: phases only move forward, so a row whose teardown had begun is still in one
 * of these phases.
 */
export function assertEnding(row: LedgerRow): asserts row is EndingRow {
  if (isEndingRow(row)) return;
  throw new NotProven(
    `Boundary ${row.boundaryId} is ${row.phase} again, although its teardown had begun; phases only move forward. Nothing was changed. Find out who wrote the row.`,
  );
}

export const isIssuingRow = (row: LedgerRow): row is IssuingRow => mayIssue(row.phase);
