import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { KeyObject } from 'node:crypto';
import type { TaskRequest } from '../../core/requests/request.ts';
import { DecisionRefused, NotPermitted } from '../../core/shared/errors.ts';
import { awaitDecision } from './await-decision.ts';
import { awaitClosed } from './await-closed.ts';
import { makeBundle } from 'taskbound-evidence/chain/bundle';
import { verifyBundle } from 'taskbound-evidence/signature/verify';
import { writeBundle } from 'taskbound-evidence/command/bundle';
import { explainCaller } from '../../client/caller/caller-error.ts';
import type { ClientConfig } from '../../client/caller/client-config.ts';
import type { Connection } from '../connection/connection.ts';
import { messageOf } from 'taskbound-evidence/command/errors';
import { stackKey } from '../connection/stack-key.ts';
import { writeKey } from 'taskbound-evidence/command/key-file';
import { followExecution, isUnknownExecution } from './follow-execution.ts';
import type { Io } from '../io.ts';
import type { Persona } from '../connection/persona.ts';
import { StackRecords } from '../../client/stack/stack-records.ts';
import { showSubject } from '../decide/show-subject.ts';
import { submitDecision } from '../decide/submit-decision.ts';
import { renderDecided } from '../decide/render-decision.ts';
import { Progress } from './progress.ts';
import { reportOf, unknownReport, type RunReport } from './run-report.ts';
import type { Submitted } from '../../client/calls/submit-request.ts';
import { submitTask } from './submit-task.ts';

export interface RunTaskOptions {
  readonly out: string | undefined;
  readonly io: Io;
  /** The people who approve the task as soon as it waits for approval, in this order. */
  readonly approveAs?: readonly Persona[];
}

/**
 * Submits a request and follows its task to the end. Throws if no task was created (malformed, not permitted, id taken). Later errors go
 * into the report, because an error of this command does not mean that the boundary failed.
 */
export async function runTask(
  connection: Connection,
  request: TaskRequest & { readonly taskId: string },
  options: RunTaskOptions,
): Promise<RunReport> {
  const { task, config } = await submitTask(connection, request, options.io);
  const records = new StackRecords(config, connection.manifest);
  return followToEnd(connection, task, { config, records, ...options });
}

/** Follows an existing task until its boundary is closed. Errors go into the report, as in `runTask`. */
export async function followToEnd(
  connection: Connection,
  task: FollowedTask,
  { config, records, out, io, approveAs = [] }: FollowOptions,
): Promise<RunReport> {
  try {
    for (const as of approveAs) await approve(task.boundaryId, { ...connection, as }, io);
    const { clock } = connection;
    const nextStep = howToApprove(task.boundaryId, connection);
    const decided = await awaitDecision(records, task.boundaryId, { clock, nextStep, print: io.err });
    // A task that was ended while it waited never had an execution.
    const execution =
      decided?.ended?.wasIn === 'requested'
        ? UNKNOWN_EXECUTION
        : await followTask(config, connection, task, io);
    const row = await awaitClosed(records, task.boundaryId, { clock, print: io.err });
    if (row === undefined) return unknownReport(task, `The ledger has no row for ${task.boundaryId}.`);
    const key = await stackKey(config, connection.manifest);
    return await withEvidence(reportOf(row, execution), { records, out, io, key });
  } catch (error) {
    const cause = messageOf(explainCaller(error, io.env));
    const nextStep = `The task continues without this command; see: taskbound show ${task.boundaryId} --stack ${connection.stackName}`;
    io.err(`taskbound: the state of ${task.boundaryId} cannot be read: ${cause}. ${nextStep}\n`);
    return unknownReport(task, cause);
  }
}

/**
 * Approves the task as the connection's person, as `taskbound approve` does. A refused decision is reported, and the task is followed on: it may wait
 * for others, or the decision was recorded and only its answer was lost.
 */
async function approve(
  boundaryId: string,
  connection: Connection & { readonly as: Persona },
  io: Io,
): Promise<void> {
  const { name, role } = connection.as;
  try {
    const digest = await showSubject(boundaryId, 'approve', connection, io);
    const made = { decision: 'approve', task: boundaryId, reason: undefined, digest } as const;
    io.err(renderDecided(await submitDecision(made, connection, io)));
  } catch (error) {
    const cause = explainCaller(error, io.env);
    if (!(cause instanceof DecisionRefused || cause instanceof NotPermitted)) throw error;
    io.err(`taskbound: --approve-as ${name}@${role}: ${messageOf(cause)}.\n`);
  }
}

/** Nobody else can reach an AWS in this process. */
const howToApprove = (boundaryId: string, { embedded, stackName }: Connection): string =>
  embedded === undefined
    ? `taskbound approve ${boundaryId} --stack ${stackName}`
    : 'nobody else can approve it in this process; run it again with --approve-as NAME@ROLE';

export type FollowedTask = Pick<Submitted, 'taskId' | 'boundaryId' | 'executionArn'>;

interface FollowOptions extends RunTaskOptions {
  readonly config: ClientConfig;
  readonly records: StackRecords;
}

interface Execution {
  readonly status: string;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

async function followTask(
  config: ClientConfig,
  { clock }: Connection,
  task: FollowedTask,
  io: Io,
): Promise<Execution> {
  const sfn = new SFNClient({ ...config });
  const progress = new Progress();
  try {
    await followExecution(sfn, task.executionArn, clock, (event) => {
      for (const line of progress.lines(event)) io.err(line);
    });
    return await describe(sfn, task.executionArn);
  } catch (error) {
    // The row shows how the task ended.
    if (isUnknownExecution(error)) return UNKNOWN_EXECUTION;
    throw error;
  } finally {
    sfn.destroy();
  }
}

const UNKNOWN_EXECUTION: Execution = {
  status: 'UNKNOWN',
  cause:
    'Step Functions does not have the execution: it was never started, or its state machine was deleted.',
};

async function describe(sfn: SFNClient, executionArn: string): Promise<Execution> {
  const { status, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  return { status: status ?? 'UNKNOWN', error, cause };
}

interface EvidenceOptions extends Pick<FollowOptions, 'records' | 'out' | 'io'> {
  /** The stack's key. */
  readonly key: KeyObject;
}

/** Writes the evidence if it is valid; otherwise reports the boundary as unproven. Before a boundary is closed, it has no signature. */
async function withEvidence(
  report: RunReport,
  { records, out, io, key }: EvidenceOptions,
): Promise<RunReport> {
  const { events, signed } = await records.evidence(report.boundaryId);
  const bundle = makeBundle(report.boundaryId, events, signed);
  const { fault } = verifyBundle(bundle, report.phase === 'closed' ? key : undefined);
  if (fault !== null) return { ...report, proof: null, error: `The evidence does not hold: ${fault}.` };
  if (out === undefined) return report;
  try {
    const evidenceFile = await writeBundle(out, bundle);
    await writeKey(out, key, io);
    return { ...report, evidenceFile };
  } catch (error) {
    io.err(
      `taskbound: the evidence could not be written to ${out}: ${messageOf(error)}. It remains in the stack.\n`,
    );
    return report;
  }
}
