import type { LeaseRecord } from '../../core/ledger/lease-record.ts';
import { READ_LAG_MS } from '../../core/shared/read-lag.ts';
import type { ProveDependencies } from './deps.ts';

const PAUSE_MS = 1_000;

/**
 * Reads the value of a lease's session secret, again while it may only be unknown for a moment: as long as the function that issues the
 * lease may have put it within the read lag. A value that is not found is no proof; without it the lease's expiry must be awaited.
 */
export async function freshValue(
  read: () => Promise<string | undefined>,
  lease: LeaseRecord,
  { clock, issueTimeoutMs }: Pick<ProveDependencies, 'clock' | 'issueTimeoutMs'>,
): Promise<string | undefined> {
  const unknownUntilMs = lease.intendedAtMs + issueTimeoutMs + READ_LAG_MS;
  for (let waitedMs = 0; ; waitedMs += PAUSE_MS) {
    const value = await read();
    if (value !== undefined || waitedMs >= READ_LAG_MS || clock.nowMs() > unknownUntilMs) return value;
    await clock.sleep(PAUSE_MS);
  }
}
