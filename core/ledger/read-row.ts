import { firstProblem } from 'taskbound-evidence/events/problem';
import { UnreadableRow } from '../shared/errors.ts';
import { ledgerRow, type LedgerRow } from './ledger.ts';

/** The row in an item of the ledger's table; throws `UnreadableRow` when the item is not one. */
export function readRow(item: Readonly<Record<string, unknown>>): LedgerRow {
  const parsed = ledgerRow.safeParse(item);
  if (parsed.success) return parsed.data;
  const { path, problem } = firstProblem(parsed.error);
  throw new UnreadableRow(
    `The ledger's row of ${String(item['boundaryId'])} cannot be read: ${path || 'the item'}: ${problem}. Nothing was changed. Find out who wrote the row, and restore it or deploy the version that wrote it.`,
  );
}
