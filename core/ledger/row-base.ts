import * as z from 'zod';
import { taskWindow } from '../windows/window-rule.ts';
import { leaseRecord } from './lease-record.ts';
import { ms } from './fields.ts';
import { approvalRecord, decisionRecord, rejectionRecord } from './people-records.ts';
import { secretRecord } from './secret-record.ts';

/** The value of the partition key `due`: one partition, and only rows that need a look are in it. */
export const DUE = 'due';

/**
 * One run of the Teardown machine: written before it is started, so that the boundary recognizes its calls.
 */
const teardownRecord = z.looseObject({
  attempt: z.int().min(1),
  executionArn: z.string(),
  intendedAtMs: ms,
});

/** The last execution of a boundary that gave up before a proof: a later one replaces an earlier one. */
const unprovenRecord = z.looseObject({
  /** 0 is the task's own execution; from 1, Teardown's. */
  attempt: z.int().min(0),
  executionArn: z.string(),
  /** When reconcile found it. */
  gaveUpAtMs: ms,
  /** When the event bus accepted `boundary.unproven`. */
  announcedAtMs: ms.optional(),
});

/** What submit fixes; nothing changes it later. */
const request = {
  boundaryId: z.string(),
  taskType: z.string(),
  taskId: z.string(),
  stack: z.string(),
  /** Partition of the index by day: `2026-11-23`, UTC. */
  day: z.string(),
  requestedAtMs: ms,
  requestedBy: z.strictObject({ arn: z.string(), userId: z.string(), accountId: z.string() }),
  /**
   * The person behind `requestedBy`: see `core/approvals/people.ts`. Submit always writes it; a row without
   * it is read, and no approval counts for it.
   */
  requester: z.string().optional(),
  /** The schedule that submitted the task, and the time that it was scheduled for. */
  scheduled: z.looseObject({ schedule: z.string(), forMs: ms }).optional(),
  reason: z.string(),
  /** Why the task could not wait for approval, where it did not. Excludes `approval`. */
  emergency: z.string().optional(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
  requestDigest: z.string(),
  grantDigest: z.string(),
  nonce: z.string(),
  leaseSeconds: z.int(),
  /** When the task may run; absent: at any time. */
  window: taskWindow.optional(),
  /** Where the type needs approval. */
  approval: approvalRecord.optional(),
  /** Submit always writes it; without it, the task has `leaseSeconds`. */
  taskSeconds: z.int().min(1).optional(),
  executionArn: z.string(),
  taskRoleArn: z.string(),
};

/** What a row can have in every phase. A field that is optional here does not depend on the phase. */
export const rowBase = {
  ...request,
  /** Counts writes: a write succeeds only if the row still has the revision that its writer read. */
  revision: z.int().min(1),
  /** Only with `approval`. */
  decisions: z.array(decisionRecord).optional(),
  rejection: rejectionRecord.optional(),
  secrets: z.array(secretRecord),
  leases: z.array(leaseRecord),
  /** The last run of Teardown, where the execution ended without its tail. */
  teardown: teardownRecord.optional(),
  unproven: unprovenRecord.optional(),
  /** Consecutive looks of the reconciler that failed, and when the next one is. */
  postponed: z.looseObject({ failures: z.int().min(1), untilMs: ms, because: z.string() }).optional(),
  /** When the row was last written; the ledger sets it at every write. */
  updatedAtMs: ms.optional(),
  /** Keys of the sparse index of rows that need a look: present only while the row needs one. */
  due: z.literal(DUE).optional(),
  dueAtMs: ms.optional(),
};
