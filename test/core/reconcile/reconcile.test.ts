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

describe('what the reconciler does', () => {
  test.each<[string, LedgerRow, OwnerState, number, string]>([
    [
      'a closed boundary of which nothing was made',
      at('closed', { announcedAtMs }),
      'ended',
      SWEEP_MS,
      'nothing',
    ],
    [
      'a closed one before its deadline',
      at('closed', { leases, closedAtMs, announcedAtMs }),
      'ended',
      SWEEP_MS - 1,
      'nothing',
    ],
    [
      'a closed one after it',
      at('closed', { leases, closedAtMs, announcedAtMs }),
      'ended',
      SWEEP_MS,
      'sweep',
    ],
    [
      'one that closed after its deadline, while a function may still run that read the row before',
      at('closed', { leases, closedAtMs: SWEEP_MS, announcedAtMs }),
      'ended',
      SWEEP_MS + SWEEP_MARGIN_MS - 1,
      'nothing',
    ],
    [
      'one that had a secret and no lease',
      at('closed', { secrets, closedAtMs: 0 }),
      'ended',
      SWEEP_MS,
      'sweep',
    ],
    [
      'one that was swept',
      at('closed', { leases, closedAtMs, announcedAtMs, sweptAtMs: 1 }),
      'ended',
      SWEEP_MS,
      'nothing',
    ],
    [
      'one that was not announced, soon',
      at('closed', { closedAtMs }),
      'ended',
      closedAtMs + SWEEP_MARGIN_MS,
      'announce',
    ],
    ['but not at once', at('closed', { closedAtMs }), 'ended', closedAtMs + SWEEP_MARGIN_MS - 1, 'nothing'],
    [
      'one that was not announced and has a deny to lift: that first',
      at('closed', { leases, closedAtMs }),
      'ended',
      SWEEP_MS,
      'sweep',
    ],
    [
      'and the news as well, when it was swept',
      at('closed', { leases, closedAtMs, sweptAtMs: 1 }),
      'ended',
      SWEEP_MS,
      'announce',
    ],
    ['one that was never started', at('approved'), 'missing', 0, 'start'],
    ['one whose submit stopped half-way', at('requested'), 'missing', 0, 'start'],
    ['one whose execution nobody knows any more', at('open'), 'missing', 0, 'teardown 1'],
    [
      'one whose Teardown was intended and not started',
      at('revoking', { teardown }),
      'missing',
      0,
      'teardown 2',
    ],
    ['one that could not be started in time', at('approved'), 'missing', START_WITHIN_MS, 'teardown 1'],
    [
      'one that was approved late',
      at('approved', { approval, approvedAtMs: DEADLINE_MS }),
      'missing',
      DEADLINE_MS + START_WITHIN_MS - 1,
      'start',
    ],
    [
      'one that was approved late and could not be started in time',
      at('approved', { approval, approvedAtMs: DEADLINE_MS }),
      'missing',
      DEADLINE_MS + START_WITHIN_MS,
      'teardown 1',
    ],
    [
      'one whose Teardown has just failed',
      at('revoked', { teardown }),
      'ended',
      TEARDOWN_PAUSE_MS - 1,
      'nothing',
    ],
    ['one whose Teardown failed', at('revoked', { teardown }), 'ended', TEARDOWN_PAUSE_MS, 'teardown 3'],
    ['one whose Teardown gave up', at('revoked', { teardown }), 'gave-up', TEARDOWN_PAUSE_MS, 'teardown 3'],
  ])('%s', (_what, row, owner, nowMs, expected) => {
    const step = decideReconcile(row, owner, nowMs);
    expect(step.do === 'teardown' ? `teardown ${step.attempt}` : step.do).toBe(expected);
    expect(step.because).not.toBe('');
  });

  const open = PHASES.filter((phase) => phase !== 'closed');
  test.each(open)('%s: waits while its execution runs, tears down when it has ended', (phase) => {
    expect(decideReconcile(at(phase), 'running', 0).do).toBe('wait');
    expect(decideReconcile(at(phase), 'ended', 0)).toMatchObject({ do: 'teardown', attempt: 1 });
  });

  test('the owner is the last Teardown, if there is one', () => {
    expect(ownerOf(at('open'))).toBe(at('open').executionArn);
    expect(ownerOf(at('revoking', { teardown }))).toBe('arn:teardown-2');
  });
});

describe('when a row is due', () => {
  const updatedAtMs = 500_000;

  test('an open boundary always is, at some time; a closed one only for what it may have left', () => {
    for (const phase of PHASES.filter((each) => each !== 'closed'))
      expect(dueAtMs(at(phase, { updatedAtMs }))).toBeGreaterThan(updatedAtMs);
    const closed = { updatedAtMs, closedAtMs, announcedAtMs };
    expect(dueAtMs(at('closed', closed))).toBeUndefined();
    expect(dueAtMs(at('closed', { ...closed, leases }))).toBe(SWEEP_MS);
    expect(dueAtMs(at('closed', { ...closed, leases, sweptAtMs: 1 }))).toBeUndefined();
  });

  test('a closed boundary that was not announced is due for it, whatever else is left of it', () => {
    const announceMs = closedAtMs + SWEEP_MARGIN_MS;
    for (const left of [{}, { leases }, { leases, sweptAtMs: 1 }])
      expect(dueAtMs(at('closed', { updatedAtMs, closedAtMs, ...left }))).toBe(announceMs);
  });

  test('while the work may run, not before its lease ends', () => {
    expect(dueAtMs(at('open', { updatedAtMs, leases }))).toBeGreaterThan(DEADLINE_MS);
    expect(dueAtMs(at('revoking', { updatedAtMs, leases }))).toBeLessThan(DEADLINE_MS);
  });

  test('while it waits for its window, each hour and when that opens', () => {
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
    // Nothing waits yet, or any more.
    expect([waiting(24 * hourMs, 'approved'), waiting(24 * hourMs, 'revoking')]).toEqual([
      patienceMs,
      patienceMs,
    ]);
  });

  test('later each time its look failed, up to five minutes, and anew after a while without a failure', () => {
    expect([1, 2, 3, 4, 9].map(pauseAfterMs)).toEqual([60_000, 120_000, 240_000, 300_000, 300_000]);
    const postponed = { failures: 3, untilMs: SWEEP_MS * 2, because: 'down' };
    const row = at('closed', { updatedAtMs, closedAtMs, leases, postponed });
    expect(dueAtMs(row)).toBe(SWEEP_MS * 2);
    expect([failuresBefore(row, SWEEP_MS * 2), failuresBefore(row, SWEEP_MS * 3)]).toEqual([3, 0]);
    expect(failuresBefore(at('open'), 0)).toBe(0);
  });
});
