import * as z from 'zod';

/**
 * The input and output of each control function. The workflow contains these literally, and the functions
 * parse them. They contain only names and ids: the ledger contains what must be undone.
 */
const owner = { boundaryId: z.string(), executionArn: z.string() };

/**
 * The work version in the definition, which is the version that runs. A deployment changes the type's
 * configuration and the state machine one after the other, so the requested version must be compared with it.
 * It is always present: a definition names published versions of the functions, so an older definition, which
 * does not send it, calls older functions, which do not expect it.
 */
const runs = { workVersion: z.string().min(1) };

export const admitEvent = z.strictObject({ ...owner, ...runs });

export interface Admitted {
  readonly boundaryId: string;
  /** When the task's window opens, ISO 8601. Null: the task may continue. */
  readonly waitUntil: string | null;
}

export const issueSecretEvent = z.strictObject({ ...owner, secret: z.string() });
export const issueIdentityEvent = z.strictObject({
  ...owner,
  ...runs,
  /**
   * The session version of the previous run, which shows which lease the next one follows. Null in the first
   * run.
   */
  after: z.string().nullable().default(null),
  /** The checkpoint of that run. It is not trusted, and is checked before anything is issued. */
  checkpoint: z.unknown().optional(),
  tools: z.unknown().optional(),
});

/**
 * How the steps before the tail ended: the work's return value, the error that a Catch received, or unknown.
 */
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
 * The event at the end of a task's execution contains its boundary, and the event at the end of a Teardown
 * contains the Teardown's name. The event of the schedule that runs every minute is empty and means all due
 * rows. The event of the hourly schedule means strays.
 */
export const reconcileEvent = z.union([
  z.strictObject({ boundaryId: z.string() }),
  z.strictObject({ teardown: z.string() }),
  z.strictObject({ strays: z.literal(true) }),
  z.strictObject({}),
]);
