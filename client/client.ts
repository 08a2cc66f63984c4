import { randomBytes } from 'node:crypto';
import { UsageError } from 'taskbound-evidence/command/errors';
import { parseBoundaryId } from 'taskbound-evidence/names/ids';
import { reviewedBy } from 'taskbound-evidence/names/review-id';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { Clock } from 'taskbound-time/clock';
import { systemClock } from 'taskbound-time/system-clock';
import type { LedgerRow } from '../core/ledger/ledger.ts';
import type { Manifest } from '../core/manifest/manifest.ts';
import { withParameters, type RequestOf } from '../core/requests/request-of.ts';
import { newTaskId } from '../core/requests/task-id.ts';
import { UnknownTask } from '../core/shared/errors.ts';
import type { ParameterSpecs } from '../core/task-types/parameters-of.ts';
import { callDecide, type Decided } from './calls/call-decide.ts';
import { callEnd, type Ended } from './calls/call-end.ts';
import { functionUrl } from './calls/function-url.ts';
import { submitRequest, type Submitted } from './calls/submit-request.ts';
import { explainCaller } from './caller/caller-error.ts';
import type { ClientConfig } from './caller/client-config.ts';
import { environmentConfig } from './caller/environment-config.ts';
import { ServiceFailure } from './errors.ts';
import { readManifest } from './stack/read-manifest.ts';
import { StackRecords } from './stack/stack-records.ts';
import { statusOf, type TaskStatus } from './task-status.ts';

/** Which stack a call is about, and who calls. */
export interface ClientOptions {
  /** The name of the deployed stack. */
  readonly stack: string;
  /** The configuration of the SDK's clients. @default - the environment (AWS_REGION, AWS_ENDPOINT_URL), and the SDK's default credentials */
  readonly config?: ClientConfig;
  /** Signs and waits by this clock. @default - the machine's */
  readonly clock?: Clock;
}

export interface DecideOptions extends ClientOptions {
  /** The digest of the grant that you reviewed: `waitsFor.digest` of `status`. @default - the digest of the task at the time of the call */
  readonly digest?: string;
}

export interface WaitOptions extends ClientOptions {
  /** How long to wait. @default 3600 */
  readonly timeoutSeconds?: number;
}

const DEFAULT_TIMEOUT_SECONDS = 3600;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Submits a request. Without an id of its own the request gets one, and a lost response is asked for again under the same id. The caller needs
 * `grantSubmit` of the type. Throws `MalformedRequest`, `TaskIdTaken`, `StackDraining` or `NotPermitted`; then no task exists.
 * `SubmissionUnknown`: it is not known whether the task exists. `submit<typeof parameters>(…)` checks the parameters when it is compiled.
 */
export const submit = <Declared extends ParameterSpecs = ParameterSpecs>(
  request: RequestOf<Declared>,
  options: ClientOptions,
): Promise<Submitted> =>
  within(options, ({ manifest, config, clock }) => {
    const given = withParameters(request);
    const taskId = given.taskId ?? newTaskId(clock.nowMs(), (bytes) => randomBytes(bytes).toString('hex'));
    return submitRequest(functionUrl('submit', { manifest, clock }, config), { ...given, taskId });
  });

/**
 * Approves a task that waits, or the review of an emergency (`<type>.<taskId>.review`). The caller needs `grantDecide` of the type. Throws
 * `DecisionRefused` or `NotPermitted`; then the decision does not count.
 */
export const approve = (
  task: string,
  options: DecideOptions & { readonly reason?: string },
): Promise<Decided> => decide('approve', task, options);

/** Refuses a task that waits, for a reason. As `approve`. */
export const refuse = (
  task: string,
  options: DecideOptions & { readonly reason: string },
): Promise<Decided> => decide('refuse', task, options);

/**
 * Ends a task's access now, in any phase. Its boundary closes soon after: see `waitUntilClosed`. The caller needs `grantEnd` of the type. Throws
 * `AlreadyEnded` or `NotPermitted`.
 */
export const end = (task: string, options: ClientOptions & { readonly reason: string }): Promise<Ended> =>
  within(options, ({ manifest, config, clock }) =>
    callEnd(functionUrl('end', { manifest, clock }, config), { task, reason: options.reason }),
  );

/** Returns the state and the outcome of a task. Each grant of the type permits it. Throws `UnknownTask`. */
export const status = (task: string, options: ClientOptions): Promise<TaskStatus> =>
  within(options, async (session) => statusOf(await rowOf(task, session)));

/** Waits until the boundary is closed, and returns the outcome of the task. Throws `ServiceFailure` if it is not closed in time. */
export const waitUntilClosed = (task: string, options: WaitOptions): Promise<TaskStatus> =>
  within(options, async (session) => {
    const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
    const untilMs = session.clock.nowMs() + timeoutSeconds * 1000;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
      const row = await rowOf(task, session);
      if (row.phase === 'closed') return statusOf(row);
      const leftMs = untilMs - session.clock.nowMs();
      if (leftMs <= 0)
        throw new ServiceFailure(
          `The boundary of ${task} is not closed after ${timeoutSeconds} seconds: it is ${row.phase}. The task continues without this call; wait again, or end it.`,
        );
      await session.clock.sleep(Math.min(pauseMs, leftMs));
    }
  });

const decide = (
  decision: 'approve' | 'refuse',
  task: string,
  { digest, reason, ...options }: DecideOptions & { readonly reason?: string },
): Promise<Decided> =>
  within(options, async (session) => {
    const { manifest, config, clock } = session;
    // A review is about no grant.
    const grantDigest =
      reviewedBy(task) !== undefined ? undefined : (digest ?? (await rowOf(task, session)).grantDigest);
    const at = functionUrl('decide', { manifest, clock }, config);
    return callDecide(at, { task, decision, ...omitUndefined({ grantDigest, reason }) });
  });

interface Session {
  readonly manifest: Manifest;
  readonly config: ClientConfig;
  readonly clock: Clock;
}

/** Calls with the stack's manifest, and explains what AWS says about the caller. */
async function within<Result>(
  { stack, config = environmentConfig(process.env), clock = systemClock }: ClientOptions,
  call: (session: Session) => Promise<Result>,
): Promise<Result> {
  if (stack === undefined || stack === '')
    throw new UsageError('No stack was given. Give the name of the deployed stack: { stack: "Shop" }.');
  try {
    return await call({ manifest: await readManifest(config, stack), config, clock });
  } catch (error) {
    throw explainCaller(error, process.env);
  }
}

async function rowOf(task: string, { config, manifest }: Session): Promise<LedgerRow> {
  if (parseBoundaryId(task) === undefined)
    throw new UsageError(`${JSON.stringify(task)} is not a task; allowed: <type>.<taskId>. Correct it.`);
  const row = await new StackRecords(config, manifest).row(task);
  if (row !== undefined) return row;
  throw new UnknownTask(
    `There is no task ${task} in the stack ${manifest.stack}. Check the id: <type>.<taskId>.`,
  );
}
