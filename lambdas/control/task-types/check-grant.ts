import { approvalFault } from '../../../core/approvals/approval.ts';
import { MalformedRequest } from 'taskbound-evidence/errors';
import { grantDigest } from '../../../core/grants/grant.ts';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import type { TaskTypeConfig } from '../../../core/task-types/task-type.ts';

/**
 * Why the task may not run now, or undefined: checks its grant, the work that would run, and its approvals
 * again.
 */
export const taskFault = (
  row: LedgerRow,
  config: TaskTypeConfig | undefined,
  workVersion: string,
): string | undefined =>
  grantFault(row, config) ?? (config && (workFault(config, workVersion) ?? approvalFault(row, config)));

/**
 * Why this execution would run another version of the work than was requested, or undefined. The grant has
 * the version of the type's configuration; the machine's definition is updated separately, and executions
 * started soon after may still get the old one:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html
 */
const workFault = ({ workVersionArn }: TaskTypeConfig, workVersion: string): string | undefined =>
  workVersion === workVersionArn
    ? undefined
    : `its execution would run ${workVersion}, and ${workVersionArn} was asked for; a deploy was under way`;

/**
 * Why the requested grant differs from what would be granted now, or undefined. Compiles again from what is
 * deployed now.
 */
export function grantFault(row: LedgerRow, config: TaskTypeConfig | undefined): string | undefined {
  if (!config) return `task type ${row.taskType} is no longer deployed`;
  if (config.taskRoleArn !== row.taskRoleArn)
    return `the task role is ${config.taskRoleArn} now, was ${row.taskRoleArn} when asked for`;
  const now = digestNow(row, config);
  if ('fault' in now) return now.fault;
  return now.digest === row.grantDigest
    ? undefined
    : `its grant digest is ${now.digest} now, was ${row.grantDigest} when asked for`;
}

/**
 * A type can change so that the task's parameters no longer fit it: the policy is too long, or a tool names a
 * parameter that was renamed.
 */
function digestNow(row: LedgerRow, config: TaskTypeConfig): { digest: string } | { fault: string } {
  const { boundaryId, nonce, parameters, window } = row;
  try {
    return { digest: grantDigest(config, { boundaryId, nonce, parameters, window }) };
  } catch (error) {
    if (!(error instanceof MalformedRequest || error instanceof RangeError)) throw error;
    return { fault: `its session policy cannot be compiled from the type as it is now: ${error.message}` };
  }
}
