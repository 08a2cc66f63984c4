import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { boundaryIdOf, executionArnOf, secretName } from 'taskbound-evidence/names/ids';
import { grantDigest } from '../grants/grant.ts';
import type { CheckedRequest } from '../requests/request.ts';
import type { TaskTypeConfig } from '../task-types/task-type.ts';
import { ISSUE_MARGIN_SECONDS } from '../windows/window.ts';
import { windowFor } from '../windows/window-for.ts';
import type { TaskWindow } from '../windows/window-rule.ts';
import type { LedgerRow } from './ledger.ts';

/** Who requests a task: a person, verified by IAM, or a schedule. */
export interface TaskRequester {
  readonly arn: string;
  readonly userId: string;
  readonly accountId: string;
  /** The person's name, or the schedule's. */
  readonly requester: string;
  readonly scheduled?: LedgerRow['scheduled'];
}

export interface NewTask {
  readonly stack: string;
  readonly taskId: string;
  readonly checked: CheckedRequest;
  readonly requester: TaskRequester;
  readonly config: TaskTypeConfig;
  /** Random, in hexadecimal: makes the names of the task's secrets unguessable. */
  readonly nonce: string;
  readonly requestedAtMs: number;
}

/** The first row of a task: its grant, its window, its planned secrets and the approvals that it waits for. */
export function newRow({
  stack,
  taskId,
  checked,
  requester,
  config,
  nonce,
  requestedAtMs,
}: NewTask): LedgerRow {
  const boundaryId = boundaryIdOf(config.type, taskId);
  const { parameters } = checked;
  const window = windowFor(config.window, checked.window, requestedAtMs, config.workSeconds);
  return {
    boundaryId,
    taskType: config.type,
    taskId,
    stack,
    revision: 1,
    phase: 'requested',
    day: new Date(requestedAtMs).toISOString().slice(0, 10),
    requestedAtMs,
    requestedBy: { arn: requester.arn, userId: requester.userId, accountId: requester.accountId },
    requester: requester.requester,
    ...(requester.scheduled && { scheduled: requester.scheduled }),
    reason: checked.reason,
    ...omitUndefined({ emergency: checked.emergency }),
    parameters: { ...parameters },
    requestDigest: checked.requestDigest,
    grantDigest: grantDigest(config, { boundaryId, nonce, parameters, window }),
    nonce,
    leaseSeconds: config.leaseSeconds,
    ...(window && { window }),
    taskSeconds: config.taskSeconds,
    executionArn: executionArnOf(config.stateMachineArn, taskId),
    taskRoleArn: config.taskRoleArn,
    secrets: plannedSecrets(config, { stack, taskType: config.type, boundaryId, nonce }),
    leases: [],
    ...approvalFor(config, checked, window, requestedAtMs),
  };
}

const plannedSecrets = (
  { secrets }: TaskTypeConfig,
  place: Parameters<typeof secretName>[0],
): LedgerRow['secrets'] =>
  Object.entries(secrets).map(([name, spec]) => ({
    name,
    spec,
    secretName: secretName(place, name),
    state: 'planned' as const,
  }));

/**
 * The approvals that the task waits for: those of its type, unless it is an emergency. Approval expires when
 * the task would no longer fit into its window. A task that does not fit already needs no approval: `Admit`
 * rejects it.
 */
function approvalFor(
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
