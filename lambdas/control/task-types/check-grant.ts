import { approvalFault } from '../../../core/approvals/approval.ts';
import { MalformedRequest } from 'taskbound-evidence/errors';
import { grantDigest } from '../../../core/grants/grant.ts';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import type { TaskTypeConfig } from '../../../core/task-types/task-type.ts';

/** Why the task may not run as things are now, or undefined: its grant, the work that would run, and the people who approved it, all looked at anew. */
export const taskFault = (
  row: LedgerRow,
  config: TaskTypeConfig | undefined,
  workVersion: string,
): string | undefined =>
  grantFault(row, config) ?? (config && (workFault(config, workVersion) ?? approvalFault(row, config)));

/**
 * Why what this execution would run is not what was asked for, or undefined. The grant holds the configuration's version; the machine's
 * definition is updated separately, and executions begun soon after that may still get the old one:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html
 */
const workFault = ({ workVersionArn }: TaskTypeConfig, workVersion: string): string | undefined =>
  workVersion === workVersionArn
    ? undefined
    : `its execution would run ${workVersion}, and ${workVersionArn} was asked for; a deploy was under way`;

/** Why the grant that was asked for is no longer the one that would be given, or undefined. Compiles again from what is deployed now. */
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

/** A type can change so that the task's parameters no longer fit it: the policy is too long, or a tool names a parameter that was renamed. */
function digestNow(row: LedgerRow, config: TaskTypeConfig): { digest: string } | { fault: string } {
  const { boundaryId, nonce, parameters, window } = row;
  try {
    return { digest: grantDigest(config, { boundaryId, nonce, parameters, window }) };
  } catch (error) {
    if (!(error instanceof MalformedRequest || error instanceof RangeError)) throw error;
    return { fault: `its session policy cannot be compiled from the type as it is now: ${error.message}` };
  }
}
