import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from 'taskbound-time/clock';
import { drainingError, type Drain } from '../../core/operations/drain.ts';
import { NotPermitted, TaskIdTaken } from '../../core/shared/errors.ts';
import { MalformedRequest } from 'taskbound-evidence/errors';
import { grantDigest } from '../../core/grants/grant.ts';
import { boundaryIdOf, executionArnOf, NONCE_CHARACTERS, secretName } from 'taskbound-evidence/names/ids';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { personOf, type Person } from '../../core/approvals/people.ts';
import {
  checkRequest,
  unknownType,
  type CheckedRequest,
  type TaskRequest,
} from '../../core/requests/request.ts';
import { scheduleOfTaskId } from '../../core/schedules/schedule.ts';
import { ISSUE_MARGIN_SECONDS } from '../../core/windows/window.ts';
import type { TaskWindow } from '../../core/windows/window-rule.ts';
import { newTaskId } from '../../core/requests/task-id.ts';
import type { TaskTypeConfig } from '../../core/task-types/task-type.ts';
import { windowFor } from '../../core/windows/window-for.ts';
import type { EvidenceLog } from '../control/evidence/evidence-log.ts';
import type { Ledger } from '../control/ledger/ledger.ts';
import { startTask } from '../control/ledger/start-task.ts';
import type { TaskTypes } from '../control/task-types/task-types.ts';
import type { VerifiedCaller } from '../control/function/caller.ts';

export interface SubmitDependencies {
  readonly stack: string;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly types: TaskTypes;
  readonly executions: SFNClient;
  readonly randomHex: (bytes: number) => string;
  readonly print: (line: string) => void;
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
  deps: SubmitDependencies,
): Promise<SubmittedTask> {
  const config = await deps.types.find(request.type);
  if (!config) throw unknownType(request.type, []);
  const { person } = assertSubmitter(caller, config);
  const checked = checkRequest(request, config);
  assertNotRunId(request.taskId, config);
  const taskId = request.taskId ?? newTaskId(deps.clock.nowMs(), deps.randomHex);
  return submitTask(taskId, checked, { ...caller, requester: person }, config, deps);
}

/** Who asks for a task: a person, as IAM verified the call, or a schedule. */
export interface Requester extends VerifiedCaller {
  readonly requester: string;
  readonly scheduled?: LedgerRow['scheduled'];
}

/** What every request goes through once it is known who asks: the row, if none stands under the id, and what follows it. */
export async function submitTask(
  taskId: string,
  checked: CheckedRequest,
  requester: Requester,
  config: TaskTypeConfig,
  deps: SubmitDependencies,
): Promise<SubmittedTask> {
  const planned = plan(taskId, checked, requester, config, deps);
  const draining = await deps.ledger.draining();
  const created = draining === undefined && (await deps.ledger.create(planned));
  const row = created ? planned : await existingRow(planned, draining, deps.ledger);
  const started = await startTask(row, deps);
  return {
    taskId: row.taskId,
    boundaryId: row.boundaryId,
    executionArn: row.executionArn,
    phase: started.phase,
    created,
  };
}

/** The function URL lets in whoever may submit some type; which type is checked here, against the roles that `grantSubmit` named. */
function assertSubmitter(caller: VerifiedCaller, config: TaskTypeConfig): Person {
  const person = personOf(caller.arn, config.people.submit);
  if (person !== undefined) return person;
  const allowed = config.people.submit.map(({ roleArn }) => roleArn).join(', ') || 'no role';
  throw new NotPermitted(
    `${caller.arn} may not submit ${config.type}; allowed: sessions of ${allowed}. Ask for grantSubmit on the type.`,
  );
}

/** A person who took a run's id beforehand would make the schedule's own task impossible. */
function assertNotRunId(taskId: string | undefined, { schedules }: TaskTypeConfig): void {
  const schedule = taskId === undefined ? undefined : scheduleOfTaskId(taskId);
  if (schedule === undefined || !Object.hasOwn(schedules, schedule)) return;
  throw new MalformedRequest(
    `Field taskId is ${JSON.stringify(taskId)}, which is the id of a run of the schedule ${schedule}; allowed: any other id. Choose another id, or leave it out.`,
  );
}

function plan(
  taskId: string,
  checked: CheckedRequest,
  requester: Requester,
  config: TaskTypeConfig,
  deps: SubmitDependencies,
): LedgerRow {
  const boundaryId = boundaryIdOf(config.type, taskId);
  const nonce = deps.randomHex(NONCE_CHARACTERS / 2);
  const place = { stack: deps.stack, taskType: config.type, boundaryId, nonce };
  const requestedAtMs = deps.clock.nowMs();
  const window = windowFor(config.window, checked.window, requestedAtMs, config.workSeconds);
  return {
    boundaryId,
    taskType: config.type,
    taskId,
    stack: deps.stack,
    revision: 1,
    phase: 'requested',
    day: new Date(requestedAtMs).toISOString().slice(0, 10),
    requestedAtMs,
    requestedBy: { arn: requester.arn, userId: requester.userId, accountId: requester.accountId },
    requester: requester.requester,
    ...(requester.scheduled && { scheduled: requester.scheduled }),
    reason: checked.reason,
    ...omitUndefined({ emergency: checked.emergency }),
    parameters: { ...checked.parameters },
    requestDigest: checked.requestDigest,
    grantDigest: grantDigest(config, { boundaryId, nonce, parameters: checked.parameters, window }),
    nonce,
    leaseSeconds: config.leaseSeconds,
    ...(window && { window }),
    taskSeconds: config.taskSeconds,
    executionArn: executionArnOf(config.stateMachineArn, taskId),
    taskRoleArn: config.taskRoleArn,
    secrets: Object.entries(config.secrets).map(([name, spec]) => ({
      name,
      spec,
      secretName: secretName(place, name),
      state: 'planned' as const,
    })),
    leases: [],
    ...waitingFor(config, checked, window, requestedAtMs),
  };
}

/**
 * What the task waits for before it may begin: the approvals of its type, unless it is an emergency. Nobody is asked to approve what no
 * longer fits into its window, and nobody can after that moment: `Admit` rejects it.
 */
function waitingFor(
  { approval, workSeconds }: TaskTypeConfig,
  { emergency }: CheckedRequest,
  window: TaskWindow | undefined,
  requestedAtMs: number,
): Pick<LedgerRow, 'approval'> {
  if (approval === null || emergency !== undefined) return {};
  const lastMs = (window?.closesAtMs ?? Infinity) - (workSeconds + ISSUE_MARGIN_SECONDS) * 1000;
  const expiresAtMs = Math.min(requestedAtMs + approval.expiresAfterSeconds * 1000, lastMs);
  return expiresAtMs > requestedAtMs ? { approval: { quorum: approval.quorum, expiresAtMs } } : {};
}

/** The task that stands under the id, if it is this one. A stack that drains still answers for it, and makes no other. */
async function existingRow(
  planned: LedgerRow,
  draining: Drain | undefined,
  ledger: Ledger,
): Promise<LedgerRow> {
  const row = await ledger.get(planned.boundaryId);
  if (row === undefined && draining !== undefined) throw drainingError(planned.stack, draining);
  if (row?.requestDigest === planned.requestDigest) return row;
  throw new TaskIdTaken(
    `The id ${planned.taskId} belongs to another ${planned.taskType} request (phase ${row?.phase ?? 'unknown'}); an id is used once. Choose another id, or leave it out.`,
  );
}
