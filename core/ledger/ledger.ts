import * as z from 'zod';
import { ARCHIVE_STATES } from 'taskbound-evidence/chain/bundle';
import { NotTheOwner, PhasePassed } from '../shared/errors.ts';
import { mayMove, PHASES, type Phase } from './phase.ts';
import { secretSpec } from '../task-types/task-type.ts';
import { taskWindow } from '../windows/window-rule.ts';

const ms = z.int().min(0);

/** The value of the partition key `due`: one partition, and only rows that need a look are in it. */
export const DUE = 'due';

/** One JIT secret of a task. Its intent is written before it is made, so that nothing is made that nobody knows of. */
const secretRecord = z.looseObject({
  name: z.string(),
  spec: secretSpec,
  /** `taskbound/…/<name>`; fixed at submit. */
  secretName: z.string(),
  state: z.enum(['planned', 'intended', 'issued', 'revoked', 'unrevoked']),
  /** The last attempt's intent. */
  intendedAtMs: ms.optional(),
  /** How often it was attempted: with more than one, an older attempt may still be running when a newer one is done. */
  attempts: z.int().min(0).optional(),
  /** What the issuer says of what it made: a public key, for example. Never a value. */
  handle: z.record(z.string(), z.string()).optional(),
  revokedAtMs: ms.optional(),
  /** Why it stands as `unrevoked`. */
  error: z.string().optional(),
});
export type SecretRecord = z.infer<typeof secretRecord>;

/** One issue of session credentials. `intended` alone means: a credential may exist that nobody can present. */
const leaseRecord = z.looseObject({
  number: z.int().min(1),
  state: z.enum(['intended', 'issued']),
  /** The invocation that wrote the intent: a repeated write of the same intent is recognised by it. */
  attempt: z.string(),
  intendedAtMs: ms,
  deadlineMs: ms,
  /** The lease whose run handed on to this one's; absent in those of the first run. */
  after: z.int().min(1).optional(),
  policyDigest: z.string(),
  sessionSecretName: z.string(),
  accessKeyId: z.string().optional(),
  sessionVersionId: z.string().optional(),
});
export type LeaseRecord = z.infer<typeof leaseRecord>;

const denyRecord = z.looseObject({
  policyName: z.string(),
  roleName: z.string(),
  deadlineMs: ms,
  putAtMs: ms.optional(),
  /** False: the policy could not be put, and only the deadline ends the leases. */
  effective: z.boolean(),
  error: z.string().optional(),
});

/** One run of the Teardown machine: written before it is started, so that its tail calls are known as the boundary's own. */
const teardownRecord = z.looseObject({
  attempt: z.int().min(1),
  executionArn: z.string(),
  intendedAtMs: ms,
});

/** The last execution of a boundary that gave up proving it: a later one takes the place of an earlier one. */
const unprovenRecord = z.looseObject({
  /** 0 is the task's own execution; from 1, Teardown's. */
  attempt: z.int().min(0),
  executionArn: z.string(),
  /** When that was found. */
  gaveUpAtMs: ms,
  /** When the event bus took the news. */
  announcedAtMs: ms.optional(),
});

/** What one person said about a task that waits for approval. It counts for one grant digest. */
const decisionRecord = z.looseObject({
  decision: z.enum(['approve', 'refuse']),
  /** See `core/approvals/people.ts`. */
  person: z.string(),
  arn: z.string(),
  roleArn: z.string(),
  grantDigest: z.string(),
  atMs: ms,
  reason: z.string().optional(),
});
export type DecisionRecord = z.infer<typeof decisionRecord>;

/** Who ended a task before its own end, and why. */
const endedRecord = z.looseObject({
  person: z.string(),
  arn: z.string(),
  reason: z.string(),
  /** The phase that it was in. */
  wasIn: z.enum(PHASES),
  atMs: ms,
});

/** How the work ended. `cause` and `result` are the worker's own words, redacted by its runtime. */
const workOutcome = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('succeeded'),
    result: z.json(),
    /** What the worker said of its calls, until the evidence has it. */
    tools: z.json().optional(),
    endedAtMs: ms,
  }),
  z.strictObject({
    status: z.literal('failed'),
    /** The state that failed; `RunWork` when the work itself did. */
    state: z.string().optional(),
    error: z.string(),
    cause: z.string(),
    endedAtMs: ms,
  }),
]);
export type WorkOutcome = z.infer<typeof workOutcome>;

const proofRecord = z.strictObject({
  kind: z.enum(['refused', 'nothing-issued', 'expired']),
  provenAtMs: ms,
});

/**
 * The one mutable row of a task. What teardown needs stands here and nowhere else. Times are milliseconds since 1970. Fields that are not
 * known here are kept as they are: a running execution is pinned to the functions that it began with, and a later deploy may know more.
 */
export const ledgerRow = z.looseObject({
  boundaryId: z.string(),
  taskType: z.string(),
  taskId: z.string(),
  stack: z.string(),
  /** Counts writes; every write demands the one it read. */
  revision: z.int().min(1),
  phase: z.enum(PHASES),
  /** Partition of the index by day: `2026-11-23`, UTC. */
  day: z.string(),
  requestedAtMs: ms,
  requestedBy: z.strictObject({ arn: z.string(), userId: z.string(), accountId: z.string() }),
  /** The person behind `requestedBy`: see `core/approvals/people.ts`. */
  requester: z.string().optional(),
  /** The schedule that submitted the task, and the time that it was scheduled for. */
  scheduled: z.looseObject({ schedule: z.string(), forMs: ms }).optional(),
  reason: z.string(),
  /** Why the task could not wait for approval, where it did not. */
  emergency: z.string().optional(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
  requestDigest: z.string(),
  grantDigest: z.string(),
  nonce: z.string(),
  leaseSeconds: z.int(),
  /** When the task may run; absent: at any time. */
  window: taskWindow.optional(),
  /** Present where the type needs approval. */
  approval: z.looseObject({ quorum: z.int().min(1), expiresAtMs: ms }).optional(),
  decisions: z.array(decisionRecord).optional(),
  approvedAtMs: ms.optional(),
  taskSeconds: z.int().min(1).optional(),
  /** The last moment at which anything that is issued for the task may still be of use; set when the first is issued. */
  taskDeadlineMs: ms.optional(),
  ended: endedRecord.optional(),
  executionArn: z.string(),
  taskRoleArn: z.string(),
  secrets: z.array(secretRecord),
  leases: z.array(leaseRecord),
  rejection: z
    .looseObject({
      error: z.string(),
      cause: z.string(),
      /** People refused it, or did not decide in time; absent where a rule did. */
      by: z.enum(['refusal', 'expiry']).optional(),
    })
    .optional(),
  work: workOutcome.optional(),
  revokingAtMs: ms.optional(),
  deny: denyRecord.optional(),
  proof: proofRecord.optional(),
  outcome: z.enum(['succeeded', 'failed']).optional(),
  closedAtMs: ms.optional(),
  /** Whether the archive had the bundle of the closed boundary, where the stack has an archive. */
  archive: z.enum(ARCHIVE_STATES).optional(),
  /** The last run of Teardown, where the execution ended without its tail. */
  teardown: teardownRecord.optional(),
  unproven: unprovenRecord.optional(),
  /** When the event bus took `boundary.closed`; while it is absent, a closed row is due for it. */
  announcedAtMs: ms.optional(),
  /** When what it may have left was swept, its deny included; never before the last deadline. */
  sweptAtMs: ms.optional(),
  /** Looks of the reconciler in a row that failed, and when the next one is. */
  postponed: z.looseObject({ failures: z.int().min(1), untilMs: ms, because: z.string() }).optional(),
  /** When the row was last written. */
  updatedAtMs: ms.optional(),
  /** Keys of the sparse index of rows that need a look: present only while the row does. */
  due: z.literal(DUE).optional(),
  dueAtMs: ms.optional(),
});
export type LedgerRow = z.infer<typeof ledgerRow>;

/** The row in its next phase; throws `PhasePassed` when the move is not legal. */
export function movePhase(row: LedgerRow, to: Phase): LedgerRow {
  if (!mayMove(row.phase, to)) {
    throw new PhasePassed(
      `Boundary ${row.boundaryId} is ${row.phase} and cannot become ${to}; phases only move forward. Nothing was changed.`,
    );
  }
  return { ...row, phase: to };
}

/** Throws `NotTheOwner` unless the execution is one that the row names: the task's own, or its Teardown. */
export function assertOwner(
  row: LedgerRow | undefined,
  boundaryId: string,
  executionArn: string,
): asserts row is LedgerRow {
  if (row === undefined) {
    throw new NotTheOwner(
      `No task ${boundaryId} was submitted; executions are started by submit, never by hand. Submit the request instead.`,
    );
  }
  if (row.executionArn !== executionArn && row.teardown?.executionArn !== executionArn) {
    throw new NotTheOwner(
      `Execution ${executionArn} does not own ${boundaryId}; ${row.executionArn} does. Nothing was changed.`,
    );
  }
}

/** The row with one secret's record replaced. */
export const withSecret = (row: LedgerRow, name: string, change: Partial<SecretRecord>): LedgerRow => ({
  ...row,
  secrets: row.secrets.map((secret) => (secret.name === name ? { ...secret, ...change } : secret)),
});

/** The row with one lease's record replaced. */
export const withLease = (row: LedgerRow, number: number, change: Partial<LeaseRecord>): LedgerRow => ({
  ...row,
  leases: row.leases.map((lease) => (lease.number === number ? { ...lease, ...change } : lease)),
});
