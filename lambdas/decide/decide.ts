import { decisionFault, isWaiting, withDecision, type DecisionFault } from '../../core/approvals/approval.ts';
import type { DecisionCall } from '../../core/approvals/decision.ts';
import { DecisionRefused, NotPermitted } from '../../core/shared/errors.ts';
import { MalformedRequest } from 'taskbound-evidence/errors';
import type { DecisionRecord } from '../../core/ledger/people-records.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { peopleText, personOf } from '../../core/approvals/people.ts';
import { reviewedBy } from 'taskbound-evidence/names/review-id';
import type { TaskTypeConfig } from '../../core/task-types/task-type.ts';
import { recordRequest } from '../control/evidence/record-request.ts';
import { recordAttempt, type RefusedAttempt } from '../control/evidence/attempts.ts';
import type { VerifiedCaller } from '../control/function/caller.ts';
import { grantFault } from '../control/task-types/check-grant.ts';
import { startTask } from '../control/ledger/start-task.ts';
import { unknownTask } from '../control/ledger/unknown-task.ts';
import { decideReview } from './decide-review.ts';
import type { Decided } from './decided.ts';
import type { DecideDependencies } from './deps.ts';

export async function decide(
  call: DecisionCall,
  caller: VerifiedCaller,
  deps: DecideDependencies,
): Promise<Decided> {
  if (reviewedBy(call.task) !== undefined) return decideReview(call, caller, deps);
  const row = await deps.ledger.get(call.task);
  if (row === undefined) throw unknownTask(call.task);
  await recordRequest(row, deps.evidence);
  const config = await deps.types.find(row.taskType);
  const made = await assertDecider(row, call, caller, config, deps);
  const decided = await record(row, made, config, deps);
  const started = await startTask(decided, deps);
  return {
    boundaryId: row.boundaryId,
    decision: made.decision,
    person: made.person,
    phase: started.phase,
    approvals: started.decisions?.filter(({ decision }) => decision === 'approve').length ?? 0,
    quorum: started.approval?.quorum ?? 0,
  };
}

/** The decision as the row would have it. Throws `NotPermitted` unless the caller may decide. */
async function assertDecider(
  row: LedgerRow,
  call: DecisionCall,
  caller: VerifiedCaller,
  config: TaskTypeConfig | undefined,
  deps: DecideDependencies,
): Promise<DecisionRecord> {
  const roles = config?.people.decide ?? [];
  const person = personOf(caller, roles);
  if (person === undefined) {
    const because = `${caller.arn} may not decide about ${row.taskType}; allowed: ${peopleText(roles)}`;
    await refuse(
      row.boundaryId,
      { what: call.decision, by: caller.arn, code: 'not-permitted', because },
      deps,
    );
    throw new NotPermitted(`${because}. Ask for grantDecide on the type.`);
  }
  const { decision } = call;
  const reason = decision === 'refuse' ? assertReason(call) : call.reason;
  const made = {
    ...person,
    arn: caller.arn,
    grantDigest: assertDigest(call),
    atMs: deps.clock.nowMs(),
  };
  return reason !== undefined ? { decision, ...made, reason } : { decision: 'approve', ...made };
}

function assertReason({ reason }: DecisionCall): string {
  if (reason !== undefined) return reason;
  throw new MalformedRequest(
    'Field reason of the decision is missing; a refusal must give a reason. Add it and try again.',
  );
}

function assertDigest({ grantDigest }: DecisionCall): string {
  if (grantDigest !== undefined) return grantDigest;
  throw new MalformedRequest(
    'Field grantDigest of the decision is missing; a decision about a task is for one grant. Add the digest of the grant that was reviewed.',
  );
}

/**
 * One conditional write: of two decisions at the same instant, the second sees the first, and one of them
 * completes the quorum.
 */
async function record(
  row: LedgerRow,
  made: DecisionRecord,
  config: TaskTypeConfig | undefined,
  deps: DecideDependencies,
): Promise<LedgerRow> {
  const grantChange = grantFault(row, config);
  let fault: DecisionFault | undefined;
  const decided = await deps.ledger.update(row.boundaryId, (now) => {
    // The response to this call's own write may have been lost: then the decision is already in the row.
    if (now.decisions?.some((each) => isSame(each, made))) return now;
    fault = decisionFault(now, made, grantChange);
    return fault === undefined && config && isWaiting(now) ? withDecision(now, made, config) : now;
  });
  if (fault === undefined) return decided;
  const { code, because } = fault;
  await refuse(row.boundaryId, { what: made.decision, by: made.arn, code, because }, deps);
  throw new DecisionRefused(
    `The decision of ${made.person} to ${made.decision} ${row.boundaryId} does not count: ${because}. Nothing was changed.`,
  );
}

const isSame = (one: DecisionRecord, other: DecisionRecord): boolean =>
  one.arn === other.arn &&
  one.atMs === other.atMs &&
  one.decision === other.decision &&
  one.grantDigest === other.grantDigest &&
  one.reason === other.reason;

const refuse = (boundaryId: string, attempt: RefusedAttempt, { evidence }: DecideDependencies) =>
  recordAttempt(boundaryId, attempt, evidence);
