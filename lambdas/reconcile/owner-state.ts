import { DescribeExecutionCommand, ExecutionDoesNotExist, type SFNClient } from '@aws-sdk/client-sfn';
import type { OwnerState } from '../../core/reconcile/reconcile.ts';

/** The current state of an execution in Step Functions. A pending redrive counts as running. */
export async function ownerState(executions: SFNClient, executionArn: string): Promise<OwnerState> {
  try {
    const { status, error } = await executions.send(new DescribeExecutionCommand({ executionArn }));
    if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return 'running';
    return error === 'BoundaryUnproven' ? 'gave-up' : 'ended';
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return 'missing';
    throw error;
  }
}
