import { ExecutionAlreadyExists, StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from 'taskbound-time/clock';
import { executionArnOf, teardownNameOf } from 'taskbound-evidence/names/ids';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import type { Ledger } from './ledger.ts';

interface TeardownDependencies {
  readonly ledger: Ledger;
  readonly executions: SFNClient;
  readonly clock: Clock;
  readonly teardownMachineArn: string;
}

/**
 * Writes the intent, then starts the execution under a name that only this attempt has: two reconcilers at
 * once start one Teardown, and a start whose response was lost is repeated under the same name. The row's
 * attempt only grows.
 */
export async function startTeardown(
  row: LedgerRow,
  attempt: number,
  deps: TeardownDependencies,
): Promise<void> {
  const name = teardownNameOf(row.taskType, row.taskId, attempt);
  const executionArn = executionArnOf(deps.teardownMachineArn, name);
  const intended = await deps.ledger.update(row.boundaryId, (now) =>
    now.phase === 'closed' || (now.teardown?.attempt ?? 0) >= attempt
      ? now
      : { ...now, teardown: { attempt, executionArn, intendedAtMs: deps.clock.nowMs() } },
  );
  if (intended.teardown?.executionArn !== executionArn) return; // closed meanwhile, or another attempt was intended
  const input = JSON.stringify({ boundaryId: row.boundaryId });
  try {
    await deps.executions.send(
      new StartExecutionCommand({ stateMachineArn: deps.teardownMachineArn, name, input }),
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error; // it was started, and has ended: the next look decides again
  }
}
