import { NotTheOwner } from '../shared/errors.ts';
import type { LedgerRow } from './ledger.ts';

/** Throws `NotTheOwner` unless the row names the execution: as the task's own, or as its Teardown. */
export function assertOwner(
  row: LedgerRow | undefined,
  boundaryId: string,
  executionArn: string,
): asserts row is LedgerRow {
  if (row === undefined) {
    throw new NotTheOwner(
      `No task ${boundaryId} was submitted; executions are started by submit, never by hand. Submit the request instead.`,
    );
  }
  if (row.executionArn !== executionArn && row.teardown?.executionArn !== executionArn) {
    throw new NotTheOwner(
      `Execution ${executionArn} does not own ${boundaryId}; ${row.executionArn} does. Nothing was changed.`,
    );
  }
}
