import { describe, expect, it } from 'vitest';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import { awaitClosed } from '../../../cli/run/await-closed.ts';
import { awaitDecision } from '../../../cli/run/await-decision.ts';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import { leaseOf, unrevokedSecret } from '../../fixtures/row.ts';
import { BOUNDARY, rowOf, T0 } from '../support.ts';

/** Longer than the wait for a boundary without a session. */
const LONG_MS = 900_000;

/** A ledger whose row never changes, and a clock on which nothing else happens. */
function stuck(row: LedgerRow) {
  const clock = new VirtualClock({ startMs: T0 });
  const printed: string[] = [];
  let reads = 0;
  const records = {
    row: async () => {
      reads += 1;
      return row;
    },
  };
  const deps = { clock, print: (text: string) => void printed.push(text) };
  return { clock, records, deps, printed, reads: () => reads };
}

describe('a wait for something that does not happen ends', () => {
  it('for a boundary: ten minutes later, with what is still open', async () => {
    const row = rowOf({ phase: 'revoking', secrets: [unrevokedSecret('key')] });
    const { clock, records, deps, printed, reads } = stuck(row);
    expect(await awaitClosed(records, BOUNDARY, deps)).toBe(row);
    expect(clock.nowMs() - T0).toBeGreaterThanOrEqual(600_000);
    expect(clock.nowMs() - T0).toBeLessThan(620_000);
    expect(reads()).toBeLessThan(100);
    expect(printed.slice(1)).toEqual([
      'Not closed after the longest wait; the boundary is revoking. Still open:\n  secret key: down\n',
    ]);
  });

  it('for a boundary with a session: five minutes after its deadline', async () => {
    const row = rowOf({ phase: 'revoked', leases: [leaseOf({ deadlineMs: T0 + LONG_MS })] });
    const { clock, records, deps, printed } = stuck(row);
    await awaitClosed(records, BOUNDARY, deps);
    expect(clock.nowMs() - T0).toBeGreaterThanOrEqual(LONG_MS + 300_000);
    expect(clock.nowMs() - T0).toBeLessThan(LONG_MS + 320_000);
    expect(printed.at(-1)).toContain(
      'session: its end is not proven; it expires at 2026-11-23T10:15:00.000Z',
    );
  });

  it('for an approval: minutes after it has expired, because the reconciler closes it before', async () => {
    const approval = { quorum: 1, expiresAtMs: T0 + LONG_MS };
    const row = rowOf({ phase: 'requested', approval });
    const { clock, records, deps } = stuck(row);
    await expect(
      awaitDecision(records, BOUNDARY, { ...deps, nextStep: 'taskbound approve' }),
    ).rejects.toMatchObject({
      name: 'ServiceFailure',
      message: 'its approvals expired at 2026-11-23T10:15:00.000Z, and the reconciler has not closed it',
    });
    expect(clock.nowMs() - T0).toBeLessThan(LONG_MS + 920_000);
  });
});
