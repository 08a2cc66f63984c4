import { SSMClient } from '@aws-sdk/client-ssm';
import { reviewedBy } from 'taskbound-evidence/names/review-id';
import { isWaiting } from '../../core/approvals/approval.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { DecisionRefused } from '../../core/shared/errors.ts';
import type { ClientConfig } from '../../client/caller/client-config.ts';
import type { Connection } from '../connection/connection.ts';
import { personConfig } from '../connection/person-config.ts';
import { StackRecords } from '../../client/stack/stack-records.ts';
import { typeOf } from '../boundary-argument.ts';
import { unknownTask } from '../connection/unknown-task.ts';
import type { Io } from '../io.ts';
import { readTaskType } from '../../client/stack/task-type.ts';
import { decisionSubject } from './decision-subject.ts';
import { grantOrRequest, renderReview, renderSubject } from './render-decision.ts';
import { submitDecision, type Decision } from './submit-decision.ts';

/** Shows the task or review, and returns the digest of what was shown. Throws when there is nothing to decide. */
export async function showSubject(
  subject: string,
  decision: Decision,
  connection: Connection,
  io: Io,
): Promise<string | undefined> {
  const config = await personConfig(connection, io, { kind: 'decide', type: typeOf(subject) });
  const records = new StackRecords(config, connection.manifest);
  if (reviewedBy(subject) !== undefined) {
    const review = await records.review(subject);
    if (review === undefined) throw unknownTask(subject, connection);
    io.err(renderReview(review, connection.stackName));
    return undefined;
  }
  const row = await records.row(subject);
  if (row === undefined) throw unknownTask(subject, connection);
  if (!isWaiting(row)) return await submitRefusedDecision(row, decision, connection, io);
  const grant = () => renderGrant(row, connection, config);
  io.err(await (decision === 'refuse' ? grantOrRequest(row, grant) : grant()));
  return row.grantDigest;
}

/** Submits the decision although it will be refused: the function explains the refusal, and the evidence records the attempt. */
async function submitRefusedDecision(
  { boundaryId, grantDigest }: LedgerRow,
  decision: Decision,
  connection: Connection,
  io: Io,
): Promise<never> {
  const made = { decision, task: boundaryId, reason: 'it does not wait', digest: grantDigest };
  await submitDecision(made, connection, io);
  throw new DecisionRefused(`${boundaryId} does not wait for approval.`);
}

async function renderGrant(row: LedgerRow, connection: Connection, config: ClientConfig): Promise<string> {
  const type = await readTaskType(row.taskType, connection.stackName, new SSMClient({ ...config }));
  return renderSubject(decisionSubject(row, type));
}
