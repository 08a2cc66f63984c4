import { describe, expect, test } from 'vitest';
import { dueAtMs, failuresBefore, pauseAfterMs, SWEEP_MARGIN_MS } from '../../../core/ledger/due.ts';
import type { LedgerRow, RowIn } from '../../../core/ledger/ledger.ts';
import { PHASES, type Phase } from '../../../core/ledger/phase.ts';
import {
  decideReconcile,
  ownerOf,
  START_WITHIN_MS,
  TEARDOWN_PAUSE_MS,
  type OwnerState,
} from '../../../core/reconcile/reconcile.ts';
import { leaseOf, revokedSecret, rowOf } from '../../fixtures/row.ts';

const DEADLINE_MS = Date.UTC(2026, 10, 23, 10, 2, 0);
const SWEEP_MS = DEADLINE_MS + SWEEP_MARGIN_MS;
const leases = [leaseOf({ deadlineMs: DEADLINE_MS })];
const secrets = [revokedSecret('key')];
const approval = { quorum: 1, expiresAtMs: 0 };
const closedAtMs = DEADLINE_MS - 100_000;
const announcedAtMs = closedAtMs;
const teardown = { attempt: 2, executionArn: 'arn:teardown-2', intendedAtMs: 0 };

const at = <P extends Phase>(phase: P, change: Partial<RowIn<P>> = {}): RowIn<P> =>
  rowOf<P>({ ...change, phase });

describe('decideReconcile', () => {
  test.each<[string, LedgerRow, OwnerState, number, string]>([
    [
      'does nothing for a closed boundary that has nothing to sweep',
      at('closed', { announcedAtMs }),
      'ended',
      SWEEP_MS,
      'nothing',
    ],
    [
      'does nothing for a closed boundary before its deadline',
      at('closed', { leases, closedAtMs, announcedAtMs }),
      'ended',
      SWEEP_MS - 1,
      'nothing',
    ],
    [
      'sweeps a closed boundary after its deadline',
      at('closed', { leases, closedAtMs, announcedAtMs }),
      'ended',
      SWEEP_MS,
      'sweep',
    ],
    [
      'does nothing for a boundary that closed late while a function may still run that read the row earlier',
      at('closed', { leases, closedAtMs: SWEEP_MS, announcedAtMs }),
      'ended',
      SWEEP_MS + SWEEP_MARGIN_MS - 1,
      'nothing',
    ],
    [
      'sweeps a boundary that had a secret and no lease',
      at('closed', { secrets, closedAtMs: 0 }),
      'ended',
      SWEEP_MS,
      'sweep',
    ],
    [
      'does nothing for a swept boundary',
      at('closed', { leases, closedAtMs, announcedAtMs, sweptAtMs: 1 }),
      'ended',
      SWEEP_MS,
      'nothing',
    ],
    [
      'announces an unannounced boundary after a margin',
      at('closed', { closedAtMs }),
      'ended',
      closedAtMs + SWEEP_MARGIN_MS,
      'announce',
    ],
    [
      'does nothing for an unannounced boundary before the margin',
      at('closed', { closedAtMs }),
      'ended',
      closedAtMs + SWEEP_MARGIN_MS - 1,
      'nothing',
    ],
    [
      'sweeps before it announces when both are due',
      at('closed', { leases, closedAtMs }),
      'ended',
      SWEEP_MS,
      'sweep',
    ],
    [
      'announces an unannounced boundary that was swept',
      at('closed', { leases, closedAtMs, sweptAtMs: 1 }),
      'ended',
      SWEEP_MS,
      'announce',
    ],
    ['starts a task that was never started', at('approved'), 'missing', 0, 'start'],
    ['starts a task whose submit stopped half-way', at('requested'), 'missing', 0, 'start'],
    ['tears down a task whose execution no longer exists', at('open'), 'missing', 0, 'teardown 1'],
    [
      'starts the next Teardown when the intended one was not started',
      at('revoking', { teardown }),
      'missing',
      0,
      'teardown 2',
    ],
    [
      'tears down a task that could not be started in time',
      at('approved'),
      'missing',
      START_WITHIN_MS,
      'teardown 1',
    ],
    [
      'starts a task that was approved late',
      at('approved', { approval, approvedAtMs: DEADLINE_MS }),
      'missing',
      DEADLINE_MS + START_WITHIN_MS - 1,
      'start',
    ],
    [
      'tears down a task that was approved late and could not be started in time',
      at('approved', { approval, approvedAtMs: DEADLINE_MS }),
      'missing',
      DEADLINE_MS + START_WITHIN_MS,
      'teardown 1',
    ],
    [
      'does nothing directly after a failed Teardown',
      at('revoked', { teardown }),
      'ended',
      TEARDOWN_PAUSE_MS - 1,
      'nothing',
    ],
    [
      'starts the next Teardown after a pause',
      at('revoked', { teardown }),
      'ended',
      TEARDOWN_PAUSE_MS,
      'teardown 3',
    ],
    [
      'starts the next Teardown after one that failed with BoundaryUnproven',
      at('revoked', { teardown }),
      'gave-up',
      TEARDOWN_PAUSE_MS,
      'teardown 3',
    ],
  ])('%s', (_what, row, owner, nowMs, expected) => {
    const step = decideReconcile(row, owner, nowMs);
    expect(step.do === 'teardown' ? `teardown ${step.attempt}` : step.do).toBe(expected);
    expect(step.because).not.toBe('');
  });

  const open = PHASES.filter((phase) => phase !== 'closed');
  test.each(open)(
    'waits in the phase %s while the execution runs, and tears down when it has ended',
    (phase) => {
      expect(decideReconcile(at(phase), 'running', 0).do).toBe('wait');
      expect(decideReconcile(at(phase), 'ended', 0)).toMatchObject({ do: 'teardown', attempt: 1 });
    },
  );

  test('the owner is the last Teardown or, without one, the execution', () => {
    expect(ownerOf(at('open'))).toBe(at('open').executionArn);
    expect(ownerOf(at('revoking', { teardown }))).toBe('arn:teardown-2');
  });
});

describe('dueAtMs', () => {
  const updatedAtMs = 500_000;

  test('is set for every open boundary, and for a closed boundary only when something must be swept', () => {
    for (const phase of PHASES.filter((each) => each !== 'closed'))
      expect(dueAtMs(at(phase, { updatedAtMs }))).toBeGreaterThan(updatedAtMs);
    const closed = { updatedAtMs, closedAtMs, announcedAtMs };
    expect(dueAtMs(at('closed', closed))).toBeUndefined();
    expect(dueAtMs(at('closed', { ...closed, leases }))).toBe(SWEEP_MS);
    expect(dueAtMs(at('closed', { ...closed, leases, sweptAtMs: 1 }))).toBeUndefined();
  });

  test('is the time of the announcement for every unannounced boundary', () => {
    const announceMs = closedAtMs + SWEEP_MARGIN_MS;
    for (const left of [{}, { leases }, { leases, sweptAtMs: 1 }])
      expect(dueAtMs(at('closed', { updatedAtMs, closedAtMs, ...left }))).toBe(announceMs);
  });

  test('is after the end of the lease while the work may run', () => {
    expect(dueAtMs(at('open', { updatedAtMs, leases }))).toBeGreaterThan(DEADLINE_MS);
    expect(dueAtMs(at('revoking', { updatedAtMs, leases }))).toBeLessThan(DEADLINE_MS);
  });

  test('is every hour and at the opening while the task waits for its window', () => {
    const hourMs = 3_600_000;
    const waiting = (opensInMs: number, phase: Phase = 'admitted') => {
      const opensAtMs = updatedAtMs + opensInMs;
      return (
        (dueAtMs(
          at(phase, {
            updatedAtMs,
            requestedAtMs: updatedAtMs,
            window: { opensAtMs, closesAtMs: opensAtMs + hourMs },
          }),
        ) ?? 0) - updatedAtMs
      );
    };
    const patienceMs =
      (dueAtMs(at('admitted', { updatedAtMs, requestedAtMs: updatedAtMs })) ?? 0) - updatedAtMs;
    expect(waiting(24 * hourMs)).toBe(hourMs + patienceMs);
    expect(waiting(hourMs / 2)).toBe(hourMs / 2 + patienceMs);
    expect(waiting(-1)).toBe(patienceMs);
    // In these phases the task does not wait for its window.
    expect([waiting(24 * hourMs, 'approved'), waiting(24 * hourMs, 'revoking')]).toEqual([
      patienceMs,
      patienceMs,
    ]);
  });

  test('is postponed longer after each failure, up to five minutes, and failures are forgotten after a while', () => {
    expect([1, 2, 3, 4, 9].map(pauseAfterMs)).toEqual([60_000, 120_000, 240_000, 300_000, 300_000]);
    const postponed = { failures: 3, untilMs: SWEEP_MS * 2, because: 'down' };
    const row = at('closed', { updatedAtMs, closedAtMs, leases, postponed });
    expect(dueAtMs(row)).toBe(SWEEP_MS * 2);
    expect([failuresBefore(row, SWEEP_MS * 2), failuresBefore(row, SWEEP_MS * 3)]).toEqual([3, 0]);
    expect(failuresBefore(at('open'), 0)).toBe(0);
  });
});
