import * as z from 'zod';

/**
 * What the workflow hands each control function and what it gets back. The workflow writes these literally; the functions parse them.
 * Only names and ids: whatever must be undone stands in the ledger.
 */
const owner = { boundaryId: z.string(), executionArn: z.string() };

/**
 * The work version that stands in the definition, which is the one that runs. A deploy changes the type's configuration and the machine one
 * after the other, so what was asked for must be compared with it. Never absent: a definition names published versions of the functions, so
 * one that does not send it calls functions that do not ask for it.
 */
const runs = { workVersion: z.string().min(1) };

export const admitEvent = z.strictObject({ ...owner, ...runs });

export interface Admitted {
  readonly boundaryId: string;
  /** When the task's window opens, ISO 8601; null: it may go on. */
  readonly waitUntil: string | null;
}

export const issueSecretEvent = z.strictObject({ ...owner, secret: z.string() });
export const issueIdentityEvent = z.strictObject({
  ...owner,
  ...runs,
  /** Version of the session that the run before this one had; null in the first. It tells which lease the next one follows. */
  after: z.string().nullable().default(null),
  /** What that run handed on: its own word, checked before anything is issued for it. */
  checkpoint: z.unknown().optional(),
  tools: z.unknown().optional(),
});

/** How the steps before the tail ended: what the work returned, the error that a Catch saw, or nothing known. */
const ended = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('returned'), payload: z.unknown() }),
  z.strictObject({
    status: z.literal('failed'),
    state: z.string(),
    error: z.string(),
    cause: z.string().optional(),
  }),
  z.strictObject({ status: z.literal('unknown') }),
]);
export type Ended = z.infer<typeof ended>;

export const revokeAndRecordEvent = z.strictObject({ ...owner, ended });
export const proveRevokedEvent = z.strictObject(owner);
export const closeBoundaryEvent = z.strictObject(owner);

export interface ClosedBoundary {
  readonly outcome: 'succeeded' | 'failed';
  readonly phase: 'closed';
  readonly proof: 'refused' | 'nothing-issued' | 'expired';
  readonly result: unknown;
  readonly error: string | null;
  readonly cause: string | null;
}

/**
 * The end of a task's execution names its boundary, that of a Teardown its own name. The minute's schedule names none and means all that
 * is due; the hour's means what no row leads to.
 */
export const reconcileEvent = z.union([
  z.strictObject({ boundaryId: z.string() }),
  z.strictObject({ teardown: z.string() }),
  z.strictObject({ strays: z.literal(true) }),
  z.strictObject({}),
]);
