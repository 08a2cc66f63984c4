import { ExecutionAlreadyExists, StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from '../../core/clock.ts';
import { NotPermitted, TaskIdTaken } from '../../core/errors.ts';
import { grantDigest } from '../../core/grant.ts';
import { boundaryIdOf, executionArnOf, NONCE_CHARACTERS, secretName } from '../../core/ids.ts';
import { movePhase, type LedgerRow } from '../../core/ledger.ts';
import { checkRequest, unknownType, type CheckedRequest, type TaskRequest } from '../../core/request.ts';
import { newTaskId } from '../../core/task-id.ts';
import type { TaskTypeConfig } from '../../core/task-type.ts';
import type { EvidenceLog } from '../control/evidence-log.ts';
import type { Ledger } from '../control/ledger.ts';
import type { TaskTypes } from '../control/task-types.ts';
import { isSessionOf, type VerifiedCaller } from './caller.ts';

export interface SubmitDependencies {
  readonly stack: string;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly types: TaskTypes;
  readonly executions: SFNClient;
  readonly randomHex: (bytes: number) => string;
}

export interface SubmittedTask {
  readonly taskId: string;
  readonly boundaryId: string;
  readonly executionArn: string;
  readonly phase: string;
  /** False when the task stood already. */
  readonly created: boolean;
}

export async function submit(
  request: TaskRequest,
  caller: VerifiedCaller,
  on: SubmitDependencies,
): Promise<SubmittedTask> {
  const config = await on.types.find(request.type);
  if (!config) throw unknownType(request.type, []);
  demandSubmitter(caller, config);
  const checked = checkRequest(request, config);
  const planned = plan(
    request.taskId ?? newTaskId(on.clock.nowMs(), on.randomHex),
    checked,
    caller,
    config,
    on,
  );
  const created = await on.ledger.create(planned);
  const row = created ? planned : await standingRow(planned, on.ledger);
  const started = await start(row, on);
  return {
    taskId: row.taskId,
    boundaryId: row.boundaryId,
    executionArn: row.executionArn,
    phase: started.phase,
    created,
  };
}

/** The function URL lets in whoever may submit some type; which type is checked here, against the roles that `grantSubmit` named. */
function demandSubmitter(caller: VerifiedCaller, config: TaskTypeConfig): void {
  if (config.submitterRoleArns.some((roleArn) => isSessionOf(caller.arn, roleArn))) return;
  throw new NotPermitted(
    `${caller.arn} may not submit ${config.type}; allowed: sessions of ${config.submitterRoleArns.join(', ') || 'no role'}. Ask for grantSubmit on the type.`,
  );
}

function plan(
  taskId: string,
  checked: CheckedRequest,
  caller: VerifiedCaller,
  config: TaskTypeConfig,
  on: SubmitDependencies,
): LedgerRow {
  const boundaryId = boundaryIdOf(config.type, taskId);
  const nonce = on.randomHex(NONCE_CHARACTERS / 2);
  const place = { stack: on.stack, taskType: config.type, boundaryId, nonce };
  const requestedAtMs = on.clock.nowMs();
  return {
    boundaryId,
    taskType: config.type,
    taskId,
    stack: on.stack,
    revision: 1,
    phase: 'requested',
    day: new Date(requestedAtMs).toISOString().slice(0, 10),
    requestedAtMs,
    requestedBy: { arn: caller.arn, userId: caller.userId, accountId: caller.accountId },
    reason: checked.reason,
    parameters: { ...checked.parameters },
    requestDigest: checked.requestDigest,
    grantDigest: grantDigest(config, { boundaryId, nonce, parameters: checked.parameters }),
    nonce,
    leaseSeconds: config.leaseSeconds,
    executionArn: executionArnOf(config.stateMachineArn, taskId),
    taskRoleArn: config.taskRoleArn,
    secrets: Object.entries(config.secrets).map(([name, spec]) => ({
      name,
      spec,
      secretName: secretName(place, name),
      state: 'planned' as const,
    })),
    leases: [],
  };
}

async function standingRow(planned: LedgerRow, ledger: Ledger): Promise<LedgerRow> {
  const row = await ledger.get(planned.boundaryId);
  if (row?.requestDigest === planned.requestDigest) return row;
  throw new TaskIdTaken(
    `The id ${planned.taskId} belongs to another ${planned.taskType} request (phase ${row?.phase ?? 'unknown'}); an id is used once. Choose another id, or leave it out.`,
  );
}

/** What follows the row; each part does nothing when it was done before. */
async function start(row: LedgerRow, on: SubmitDependencies): Promise<LedgerRow> {
  if (row.phase !== 'requested' && row.phase !== 'approved') return row;
  await on.evidence.append(row.boundaryId, {
    id: 'task.requested',
    type: 'task.requested',
    actor: row.requestedBy.arn,
    data: {
      taskType: row.taskType,
      reason: row.reason,
      parameters: row.parameters,
      requestDigest: row.requestDigest,
      grantDigest: row.grantDigest,
    },
  });
  const approved = await on.ledger.update(row.boundaryId, (now) =>
    now.phase === 'requested' ? movePhase(now, 'approved') : now,
  );
  await startExecution(approved, on);
  return approved;
}

async function startExecution(row: LedgerRow, { executions, ledger }: SubmitDependencies): Promise<void> {
  const stateMachineArn = row.executionArn.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, '');
  try {
    // The input says nothing: what the task is stands in the ledger, under the execution's own name.
    await executions.send(new StartExecutionCommand({ stateMachineArn, name: row.taskId, input: '{}' }));
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
    await demandRun(row, ledger);
  }
}

/** An execution of this name has ended. It was the task's if it got past `approved`; otherwise somebody took the name before. */
async function demandRun(row: LedgerRow, ledger: Ledger): Promise<void> {
  const now = await ledger.get(row.boundaryId);
  if (now && now.phase !== 'approved') return;
  throw new TaskIdTaken(
    `An execution named ${row.taskId} was started by hand before this task and has ended; the task cannot run under this id, and nothing was issued. Choose another id, or leave it out.`,
  );
}
