import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { LedgerRow } from '../../../core/ledger.ts';

export const BOUNDARY = 'object-transfer.task-1';

/** An admitted task's row. */
export const rowOf = (change: Partial<LedgerRow> = {}): LedgerRow => ({
  boundaryId: BOUNDARY,
  taskType: 'object-transfer',
  taskId: 'task-1',
  stack: 'Taskbound',
  revision: 3,
  phase: 'admitted',
  day: '2026-11-23',
  requestedAtMs: 0,
  requestedBy: {
    arn: 'arn:aws:sts::111122223333:assumed-role/R/ann',
    userId: 'A',
    accountId: '111122223333',
  },
  reason: 'because',
  parameters: {},
  requestDigest: 'r',
  grantDigest: 'g',
  nonce: 'n',
  leaseSeconds: 120,
  executionArn: 'arn:aws:states:eu-central-1:111122223333:execution:M:task-1',
  taskRoleArn: 'arn:aws:iam::111122223333:role/Task',
  secrets: [],
  leases: [],
  ...change,
});

/** What DynamoDB says when a condition is not met. */
export const conflict = (): ConditionalCheckFailedException =>
  new ConditionalCheckFailedException({ $metadata: {}, message: 'The conditional request failed' });
