import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from 'taskbound-time/clock';
import { drainingError, type Drain } from '../../core/operations/drain.ts';
import { NotPermitted, TaskIdTaken } from '../../core/shared/errors.ts';
import { MalformedRequest } from 'taskbound-evidence/errors';
import { NONCE_CHARACTERS } from 'taskbound-evidence/names/ids';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { newRow, type TaskRequester } from '../../core/ledger/new-row.ts';
import { peopleText, personOf, type Person } from '../../core/approvals/people.ts';
import {
  checkRequest,
  unknownType,
  type CheckedRequest,
  type TaskRequest,
} from '../../core/requests/request.ts';
import { scheduleOfTaskId } from '../../core/schedules/schedule.ts';
import { newTaskId } from '../../core/requests/task-id.ts';
import type { TaskTypeConfig } from '../../core/task-types/task-type.ts';
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
  /** False when the task existed already. */
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

/**
 * Every request once its requester is known: writes the row unless the id has one, then continues from the
 * row.
 */
export async function submitTask(
  taskId: string,
  checked: CheckedRequest,
  requester: TaskRequester,
  config: TaskTypeConfig,
  deps: SubmitDependencies,
): Promise<SubmittedTask> {
  const planned = newRow({
    stack: deps.stack,
    taskId,
    checked,
    requester,
    config,
    nonce: deps.randomHex(NONCE_CHARACTERS / 2),
    requestedAtMs: deps.clock.nowMs(),
  });
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

/**
 * The function URL admits every caller who may submit any type. The type itself is checked here, against the
 * roles of `grantSubmit`.
 */
function assertSubmitter(caller: VerifiedCaller, config: TaskTypeConfig): Person {
  const person = personOf(caller, config.people.submit);
  if (person !== undefined) return person;
  throw new NotPermitted(
    `${caller.arn} may not submit ${config.type}; allowed: ${peopleText(config.people.submit)}. Ask for grantSubmit on the type.`,
  );
}

/** A person who used a run's id in advance would block the schedule's own task. */
function assertNotRunId(taskId: string | undefined, { schedules }: TaskTypeConfig): void {
  const schedule = taskId === undefined ? undefined : scheduleOfTaskId(taskId);
  if (schedule === undefined || !Object.hasOwn(schedules, schedule)) return;
  throw new MalformedRequest(
    `Field taskId is ${JSON.stringify(taskId)}, which is the id of a run of the schedule ${schedule}; allowed: any other id. Choose another id, or leave it out.`,
  );
}

/**
 * The existing task with this id, if its request is the same. A draining stack still returns it, and creates
 * no new one.
 */
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
