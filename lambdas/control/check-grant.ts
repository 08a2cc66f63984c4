import { grantDigest } from '../../core/grant.ts';
import type { LedgerRow } from '../../core/ledger.ts';
import type { TaskTypeConfig } from '../../core/task-type.ts';

/** Why the grant that was asked for is no longer the one that would be given, or undefined. Compiles again from what is deployed now. */
export function grantFault(row: LedgerRow, config: TaskTypeConfig | undefined): string | undefined {
  if (!config) return `task type ${row.taskType} is no longer deployed`;
  if (config.taskRoleArn !== row.taskRoleArn)
    return `the task role is ${config.taskRoleArn} now, was ${row.taskRoleArn} when asked for`;
  const now = grantDigest(config, {
    boundaryId: row.boundaryId,
    nonce: row.nonce,
    parameters: row.parameters,
  });
  return now === row.grantDigest
    ? undefined
    : `its grant digest is ${now} now, was ${row.grantDigest} when asked for`;
}
