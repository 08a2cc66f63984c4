import { SSMClient } from '@aws-sdk/client-ssm';
import { isWaiting } from '../../core/approvals/approval.ts';
import { DecisionRefused } from '../../core/shared/errors.ts';
import { reviewedBy } from 'taskbound-evidence/names/review-id';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { Connection } from '../connection/connection.ts';
import { callDecide, type Decided } from './call-decide.ts';
import { decisionSubject } from './decision-subject.ts';
import { UsageError } from 'taskbound-evidence/command/errors';
import type { Io } from '../io.ts';
import { personConfig } from '../connection/person-config.ts';
import { StackRecords } from '../connection/stack-records.ts';
import { renderReview, renderSubject } from './render-decision.ts';
import { outputOf } from '../connection/stack-outputs.ts';
import { readTaskType } from '../plan/find-task-type.ts';

export type Decision = 'approve' | 'refuse';

/** One decision, by whoever the connection acts as. */
export function submitDecision(
  made: {
    readonly decision: Decision;
    readonly task: string;
    readonly reason: string | undefined;
    readonly digest: string | undefined;
  },
  connection: Connection,
  io: Io,
): Promise<Decided> {
  const config = personConfig(connection, io, 'Approvers');
  const at = { url: outputOf(connection.outputs, 'DecideUrl'), config, clock: connection.clock };
  const { decision, task, reason, digest } = made;
  return callDecide(at, {
    decision,
    task,
    ...omitUndefined({ grantDigest: digest, reason }),
  });
}

/** Shows the task or review, and gives the digest of what was shown. Throws when there is nothing to decide. */
export async function showSubject(
  subject: string,
  decision: Decision,
  connection: Connection,
  io: Io,
): Promise<string | undefined> {
  const config = personConfig(connection, io, 'Approvers');
  const records = new StackRecords(config, connection.outputs);
  if (reviewedBy(subject) !== undefined) {
    const review = await records.review(subject);
    if (review === undefined) throw unknown(subject, connection);
    io.err(renderReview(review));
    return undefined;
  }
  const row = await records.row(subject);
  if (row === undefined) throw unknown(subject, connection);
  if (!isWaiting(row)) {
    // The function says why, in its own words, and the attempt stands in the evidence.
    await submitDecision(
      { decision, task: subject, reason: 'it does not wait', digest: row.grantDigest },
      connection,
      io,
    );
    throw new DecisionRefused(`${subject} does not wait for approval.`);
  }
  if (decision === 'refuse') {
    io.err(`${subject} waits for approval: ${row.requestedBy.arn} asked for it, because: ${row.reason}\n`);
    return row.grantDigest;
  }
  const type = await readTaskType(row.taskType, connection.stackName, new SSMClient({ ...config }));
  io.err(renderSubject(decisionSubject(row, type)));
  return row.grantDigest;
}

const unknown = (subject: string, connection: Connection): UsageError =>
  new UsageError(
    `There is no task ${subject} in the stack ${connection.stackName}. See taskbound list.${connection.embedded ? ' It is a fresh local stack: name another with --stack or AWS_ENDPOINT_URL.' : ''}`,
  );
