import { ExecutionDoesNotExist, StopExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from 'taskbound-time/clock';
import type { EndCall } from '../../core/approvals/decision.ts';
import { describeError } from 'taskbound-evidence/describe-error';
import { withEarlyEnd, type EarlyEnd } from '../../core/approvals/early-end.ts';
import { AlreadyEnded, NotPermitted } from '../../core/shared/errors.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { peopleText, personOf } from '../../core/approvals/people.ts';
import { recordPeople } from '../control/evidence/record-people.ts';
import { recordRequest } from '../control/evidence/record-request.ts';
import { recordAttempt } from '../control/evidence/attempts.ts';
import type { VerifiedCaller } from '../control/function/caller.ts';
import type { EvidenceLog } from '../control/evidence/evidence-log.ts';
import type { Ledger } from '../control/ledger/ledger.ts';
import { log } from '../control/function/log.ts';
import { startTeardown } from '../control/ledger/start-teardown.ts';
import type { TaskTypes } from '../control/task-types/task-types.ts';
import { unknownTask } from '../control/ledger/unknown-task.ts';

export interface EndDependencies {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly types: TaskTypes;
  readonly executions: SFNClient;
  readonly teardownMachineArn: string;
}

export interface EndedTask {
  readonly boundaryId: string;
  readonly person: string;
  readonly phase: string;
}

/** Stops issuing, starts Teardown, and stops the execution: the most urgent first. */
export async function end(call: EndCall, caller: VerifiedCaller, deps: EndDependencies): Promise<EndedTask> {
  const found = await deps.ledger.get(call.task);
  if (found === undefined) throw unknownTask(call.task);
  await recordRequest(found, deps.evidence);
  const person = await assertEnder(found, caller, deps);
  const ended = { person, arn: caller.arn, reason: call.reason, atMs: deps.clock.nowMs() };
  const row = await deps.ledger.update(found.boundaryId, (now) => withEarlyEnd(now, ended));
  await assertOwnTask(row, ended, deps);
  await recordPeople(row, deps.evidence);
  // A repeated call starts the same attempt under the same name, or finds it started.
  await startTeardown(row, row.teardown?.attempt ?? 1, deps);
  await stop(row, deps);
  return { boundaryId: row.boundaryId, person, phase: row.phase };
}

async function assertEnder(row: LedgerRow, caller: VerifiedCaller, deps: EndDependencies): Promise<string> {
  const roles = (await deps.types.find(row.taskType))?.people.end ?? [];
  const person = personOf(caller, roles);
  if (person !== undefined) return person.person;
  const because = `${caller.arn} may not end tasks of ${row.taskType}; allowed: ${peopleText(roles)}`;
  const attempt = { what: 'end', by: caller.arn, code: 'not-permitted', because } as const;
  await recordAttempt(row.boundaryId, attempt, deps.evidence);
  throw new NotPermitted(`${because}. Ask for grantEnd on the type.`);
}

/**
 * Throws `AlreadyEnded` unless this call ended the task, or an earlier one by the same caller with the same
 * reason.
 */
async function assertOwnTask(
  { boundaryId, phase, ended }: LedgerRow,
  { arn, reason }: EarlyEnd,
  deps: EndDependencies,
): Promise<void> {
  if (ended?.arn === arn && ended.reason === reason) return;
  const how = ended === undefined ? 'it ends by itself' : `${ended.person} ended it`;
  const because = phase === 'closed' ? 'it has ended: it is closed' : `${how}, and is ${phase}`;
  const attempt = { what: 'end', by: arn, code: 'already-ended', because } as const;
  await recordAttempt(boundaryId, attempt, deps.evidence);
  throw new AlreadyEnded(`Task ${boundaryId} cannot be ended: ${because}. Nothing was changed.`);
}

/**
 * Teardown has been started, so an execution that cannot be stopped now does no harm: it finds its boundary
 * closed.
 */
async function stop({ executionArn, boundaryId }: LedgerRow, { executions }: EndDependencies): Promise<void> {
  try {
    await executions.send(
      new StopExecutionCommand({
        executionArn,
        error: 'TaskEnded',
        cause: 'Ended early; Teardown closes its boundary.',
      }),
    );
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return;
    log('warn', 'the execution could not be stopped; Teardown revokes its access all the same', {
      boundaryId,
      error: describeError(error),
    });
  }
}
