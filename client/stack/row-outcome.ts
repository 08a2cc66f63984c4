import type { LedgerRow } from '../../core/ledger/ledger.ts';

export const errorText = (error: string, cause: string): string =>
  cause === '' ? error : `${error}: ${cause}`;

/** `<error's name>: <cause>` of a task that failed or was rejected; null for every other task. */
export function errorOf(row: LedgerRow): string | null {
  if (row.work?.status === 'failed') return errorText(row.work.error, row.work.cause);
  return row.rejection ? errorText(row.rejection.error, row.rejection.cause) : null;
}

/** What the work returned; null if it did not succeed. */
export const resultOf = (row: LedgerRow): unknown =>
  row.work?.status === 'succeeded' ? row.work.result : null;
