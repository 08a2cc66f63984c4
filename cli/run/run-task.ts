import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { KeyObject } from 'node:crypto';
import type { TaskRequest } from '../../core/requests/request.ts';
import { awaitDecision } from './await-decision.ts';
import { awaitClosed } from './await-closed.ts';
import { makeBundle } from 'taskbound-evidence/chain/bundle';
import { verifyBundle } from 'taskbound-evidence/signature/verify';
import { writeBundle } from 'taskbound-evidence/command/bundle';
import type { ClientConfig } from '../connection/client-config.ts';
import type { Connection } from '../connection/connection.ts';
import { messageOf } from 'taskbound-evidence/command/errors';
import { stackKey } from '../connection/stack-key.ts';
import { writeKey } from 'taskbound-evidence/command/key-file';
import { followExecution, isUnknownExecution } from './follow-execution.ts';
import type { Io } from '../io.ts';
import { requesterConfig } from '../connection/person-config.ts';
import type { Persona } from '../connection/persona.ts';
import { StackRecords } from '../connection/stack-records.ts';
import { submitDecision, showSubject } from '../decide/submit-decision.ts';
import { renderDecided } from '../decide/render-decision.ts';
import { Progress } from './progress.ts';
import { reportOf, unknownReport, type RunReport } from './run-report.ts';
import { outputOf } from '../connection/stack-outputs.ts';
import { submitRequest, type Submitted } from './submit-request.ts';

export interface RunTaskOptions {
  readonly out: string | undefined;
  readonly io: Io;
  /** Who approves the task as soon as it waits, one after the other. */
  readonly approveAs?: readonly Persona[];
}

/**
 * One task from its submission to its end. Throws while no task exists (malformed, not permitted, id taken); from then on it reports,
 * because an error here says nothing about the boundary.
 */
export async function runTask(
  connection: Connection,
  request: TaskRequest & { readonly taskId: string },
  options: RunTaskOptions,
): Promise<RunReport> {
  const { io } = options;
  const config = requesterConfig(connection, io);
  const records = new StackRecords(config, connection.outputs);
  const task = await submitRequest(
    { url: outputOf(connection.outputs, 'SubmitUrl'), config, clock: connection.clock },
    request,
  );
  io.err(`Task ${task.boundaryId} ${task.created ? 'submitted' : `stands already (${task.phase})`}\n`);
  return followToEnd(connection, task, { config, records, ...options });
}

/** Follows a task that stands to the end of its boundary. An error here says nothing about the boundary: it is reported. */
export async function followToEnd(
  connection: Connection,
  task: SubmittedTask,
  { config, records, out, io, approveAs = [] }: Following,
): Promise<RunReport> {
  try {
    for (const as of approveAs) await approve(task.boundaryId, { ...connection, as }, io);
    await awaitDecision(records, task.boundaryId, { clock: connection.clock, tell: io.err });
    const execution = await followTask(config, connection, task, io);
    const row = await awaitClosed(records, task.boundaryId, { clock: connection.clock, tell: io.err });
    if (row === undefined) return unknownReport(task, `The ledger has no row for ${task.boundaryId}.`);
    const key = await stackKey(config, connection.outputs);
    return await withEvidence(reportOf(row, execution), { records, out, io, key });
  } catch (error) {
    const again = `The task goes on without this command; look at it with: taskbound show ${task.boundaryId}`;
    io.err(`taskbound: what became of ${task.boundaryId} cannot be read: ${messageOf(error)}. ${again}\n`);
    return unknownReport(task, messageOf(error));
  }
}

/** Somebody looks at the task and approves it, as `taskbound approve` does. */
async function approve(boundaryId: string, connection: Connection, io: Io): Promise<void> {
  const digest = await showSubject(boundaryId, 'approve', connection, io);
  const made = { decision: 'approve', task: boundaryId, reason: undefined, digest } as const;
  io.err(renderDecided(await submitDecision(made, connection, io)));
}

export type SubmittedTask = Pick<Submitted, 'taskId' | 'boundaryId' | 'executionArn'>;

interface Following extends RunTaskOptions {
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
  task: SubmittedTask,
  io: Io,
): Promise<Execution> {
  const sfn = new SFNClient({ ...config });
  const progress = new Progress();
  try {
    await followExecution(sfn, task.executionArn, clock, (event) => {
      for (const line of progress.lines(event)) io.err(line);
    });
    return await describe(sfn, task.executionArn);
  } finally {
    sfn.destroy();
  }
}

async function describe(sfn: SFNClient, executionArn: string): Promise<Execution> {
  try {
    const { status, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return { status: status ?? 'UNKNOWN', error, cause };
  } catch (error) {
    if (!isUnknownExecution(error)) throw error;
    return {
      status: 'UNKNOWN',
      cause: 'Its machine was deleted, and Step Functions does not know it any more.',
    };
  }
}

interface Writing extends Pick<Following, 'records' | 'out' | 'io'> {
  /** The stack's own. */
  readonly key: KeyObject;
}

/** Evidence that does not verify is not written, and proves nothing: the boundary counts as unproven then. An open one is signed by nobody yet. */
async function withEvidence(report: RunReport, { records, out, io, key }: Writing): Promise<RunReport> {
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
      `taskbound: the evidence could not be written to ${out}: ${messageOf(error)}. It stands in the stack all the same.\n`,
    );
    return report;
  }
}
