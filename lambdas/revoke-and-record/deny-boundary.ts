import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { denyPolicy } from 'taskbound-evidence/policy/deny-policy';
import { describeError } from 'taskbound-evidence/describe-error';
import { denyPolicyName } from 'taskbound-evidence/names/ids';
import { latestDeadlineMs } from '../../core/ledger/deadline.ts';
import { assertEnding, type EndingRow } from '../../core/ledger/ledger.ts';
import type { RevokeDependencies } from './deps.ts';

const roleNameOf = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf('/') + 1);

/**
 * Puts the task's own inline policy on the task role; other tasks' policies are neither read nor written.
 * When IAM refuses it (a role has room for about 55) or is down, the error is recorded, not thrown: the
 * deadline in the session policy ends access anyway.
 */
export async function denyBoundary(row: EndingRow, deps: RevokeDependencies): Promise<EndingRow> {
  if (row.leases.length === 0 || row.deny?.effective) return row;
  const deadlineMs = latestDeadlineMs(row);
  const deny = {
    policyName: denyPolicyName(row.boundaryId, deadlineMs),
    roleName: roleNameOf(row.taskRoleArn),
    deadlineMs,
  };
  const error = await put(deny.roleName, deny.policyName, row.boundaryId, deps);
  const record: EndingRow['deny'] =
    error === undefined
      ? { ...deny, effective: true, putAtMs: deps.clock.nowMs() }
      : { ...deny, effective: false, error };
  return deps.ledger.update(row.boundaryId, (now) => {
    assertEnding(now);
    return now.deny?.effective ? now : { ...now, deny: record };
  });
}

async function put(
  roleName: string,
  policyName: string,
  boundaryId: string,
  deps: RevokeDependencies,
): Promise<string | undefined> {
  try {
    await deps.iam.send(
      new PutRolePolicyCommand({
        RoleName: roleName,
        PolicyName: policyName,
        PolicyDocument: JSON.stringify(denyPolicy(boundaryId)),
      }),
    );
    return undefined;
  } catch (error) {
    return describeError(error);
  }
}
