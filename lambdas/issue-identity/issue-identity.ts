import type { z } from 'zod';
import type { Json } from 'taskbound-evidence/events/event';
import { deadlineText } from '../../core/grants/session-policy.ts';
import { assertOwner } from '../../core/ledger/assert-owner.ts';
import { withLease, type IssuedLease, type LeaseRecord } from '../../core/ledger/lease-record.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { movePhase } from '../../core/ledger/move-phase.ts';
import type { TaskTypeConfig } from '../../core/task-types/task-type.ts';
import type { issueIdentityEvent } from '../../core/work/step-events.ts';
import type { WorkEvent } from '../../core/work/work.ts';
import { rejectTask } from '../control/ledger/reject-task.ts';
import { versionIdFrom } from '../control/secrets/secrets.ts';
import { assertWindowOpen } from '../control/task-types/assert-window-open.ts';
import { taskFault } from '../control/task-types/check-grant.ts';
import { assertIssuing } from './assert-issuing.ts';
import type { IssueIdentityDependencies } from './dependencies.ts';
import { intendLease } from './intend-lease.ts';
import { issueLease } from './issue-lease.ts';
import { issuedLeaseAfter, previousLease, recordPreviousRun } from './previous-run.ts';

export async function issueIdentity(
  event: z.infer<typeof issueIdentityEvent>,
  attempt: string,
  deps: IssueIdentityDependencies,
): Promise<WorkEvent> {
  const found = await deps.ledger.get(event.boundaryId);
  assertOwner(found, event.boundaryId, event.executionArn);
  assertIssuing(found);
  const before = previousLease(found, event.after);
  const checkpoint = before ? await recordPreviousRun(found, before, event, deps.evidence) : null;
  const repeated = issuedLeaseAfter(found, before);
  if (repeated) return workEventOf(found, repeated, checkpoint);
  const config = await assertSameGrant(found, event.workVersion, deps);
  // For a later run the task's last moment is checked, which is the end of the window at the latest.
  const needsSeconds = before ? 0 : config.workSeconds;
  await assertWindowOpen(found, { by: 'issue-identity', nowMs: deps.clock.nowMs(), needsSeconds }, deps);
  const { row, lease, policy } = await intendLease(
    { boundaryId: found.boundaryId, attempt, before },
    config,
    deps,
  );
  const { workVersion } = event;
  const credentials = await issueLease({ row, lease, policy, workVersion }, config, deps);
  const issued = issuedLease(lease, credentials.accessKeyId);
  return workEventOf(await open(row, issued, deps), issued, checkpoint);
}

async function assertSameGrant(
  row: LedgerRow,
  workVersion: string,
  deps: IssueIdentityDependencies,
): Promise<TaskTypeConfig> {
  const config = await deps.types.find(row.taskType);
  const because = taskFault(row, config, workVersion);
  if (config && because === undefined) return config;
  return rejectTask(row.boundaryId, { by: 'issue-identity', because: because ?? 'its type is gone' }, deps);
}

/**
 * Records the lease and opens the boundary. Throws `PhasePassed` when teardown has begun: the work must not
 * start.
 */
async function open(
  { boundaryId }: LedgerRow,
  issued: IssuedLease,
  deps: IssueIdentityDependencies,
): Promise<LedgerRow> {
  const after = await deps.ledger.update(boundaryId, (now): LedgerRow => {
    const recorded = withLease(now, issued.number, (lease) => ({ ...lease, ...issued }));
    return recorded.phase === 'admitted' ? movePhase(recorded, 'open', {}) : recorded;
  });
  assertIssuing(after);
  return after;
}

const issuedLease = (lease: LeaseRecord, accessKeyId: string): IssuedLease => ({
  ...lease,
  state: 'issued',
  accessKeyId,
  sessionVersionId: versionIdFrom(accessKeyId),
});

function workEventOf(row: LedgerRow, lease: IssuedLease, checkpoint: Json): WorkEvent {
  return {
    taskId: row.taskId,
    boundaryId: row.boundaryId,
    taskType: row.taskType,
    parameters: row.parameters,
    sessionSecretId: lease.sessionSecretName,
    sessionVersionId: lease.sessionVersionId,
    secrets: Object.fromEntries(row.secrets.map((secret) => [secret.name, secret.secretName])),
    deadline: deadlineText(lease.deadlineMs),
    checkpoint,
  };
}
