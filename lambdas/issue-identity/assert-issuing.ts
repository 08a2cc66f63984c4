import { isIssuingRow, type IssuingRow, type LedgerRow } from '../../core/ledger/ledger.ts';
import { PhasePassed } from '../../core/shared/errors.ts';

/** Throws `PhasePassed` unless identities may still be issued for the boundary. */
export function assertIssuing(row: LedgerRow): asserts row is IssuingRow {
  if (isIssuingRow(row)) return;
  throw new PhasePassed(
    `No identity for ${row.boundaryId}: the boundary is ${row.phase}; identities are issued while it is admitted or open.`,
  );
}
