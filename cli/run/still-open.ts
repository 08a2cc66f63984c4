import { oneLine } from 'taskbound-evidence/command/print';
import { latestDeadlineMs } from '../../core/ledger/deadline.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { wasAttempted, type AttemptedSecret } from '../../core/ledger/secret-record.ts';

const secretLine = ({ name, state, error }: AttemptedSecret): string =>
  state === 'unrevoked'
    ? `  secret ${name}: ${oneLine(error ?? '')}\n`
    : `  secret ${name}: ${state}, not revoked\n`;

function sessionLine(row: LedgerRow): string {
  if (row.leases.length === 0 || row.proof !== undefined) return '';
  return `  session: its end is not proven; it expires at ${new Date(latestDeadlineMs(row)).toISOString()}\n`;
}

/** What of a boundary is not proven to have ended, one line each. */
export function stillOpenText(row: LedgerRow): string {
  const secrets = row.secrets.filter(wasAttempted).filter(({ state }) => state !== 'revoked');
  const left = [...secrets.map(secretLine), sessionLine(row)].join('');
  return `Not closed after the longest wait; the boundary is ${row.phase}. Still open:\n${left === '' ? '  nothing that the ledger names; only the boundary is not closed\n' : left}`;
}
