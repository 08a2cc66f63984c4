import { describe, expect, test } from 'vitest';
import {
  announceAtMs,
  dueAtMs,
  failuresBefore,
  LONGEST_PAUSE_MS,
  pauseAfterMs,
  SWEEP_MARGIN_MS,
  sweepAtMs,
} from '../../../core/ledger/due.ts';
import { leaseOf, rowOf } from '../../fixtures/row.ts';

const CLOSED_MS = 1_000_000;
const lease = leaseOf({ deadlineMs: CLOSED_MS + 90_000 });
const closed = (change = {}) => rowOf({ phase: 'closed', closedAtMs: CLOSED_MS, ...change });

describe('a closed boundary', () => {
  test('is swept a margin after its last deadline and after its close', () => {
    expect(sweepAtMs(closed({ leases: [lease] }))).toBe(lease.deadlineMs + SWEEP_MARGIN_MS);
    expect(sweepAtMs(closed({ leases: [{ ...lease, deadlineMs: 1 }] }))).toBe(CLOSED_MS + SWEEP_MARGIN_MS);
  });

  test('is not swept again, and is not swept when nothing was issued', () => {
    expect(sweepAtMs(closed({ leases: [lease], sweptAtMs: 1 }))).toBeUndefined();
    expect(sweepAtMs(closed())).toBeUndefined();
  });

  test('is due until it is announced, and is never due after that', () => {
    expect(announceAtMs(closed())).toBe(CLOSED_MS + SWEEP_MARGIN_MS);
    expect(dueAtMs(closed())).toBe(CLOSED_MS + SWEEP_MARGIN_MS);
    expect(announceAtMs(closed({ announcedAtMs: 1 }))).toBeUndefined();
    expect(dueAtMs(closed({ announcedAtMs: 1 }))).toBeUndefined();
  });
});

describe('a task that is not closed', () => {
  test('is due when its approval expires', () => {
    const approval = { quorum: 2, expiresAtMs: 777_000 };
    expect(dueAtMs(rowOf({ phase: 'requested', approval }))).toBe(777_000);
  });

  test('is not due before the end of a postponement', () => {
    const postponed = { failures: 1, untilMs: 9_000_000, because: 'it failed' };
    expect(dueAtMs(rowOf({ postponed }))).toBe(9_000_000);
  });
});

describe('failed checks', () => {
  test('are followed by growing pauses of at most five minutes', () => {
    expect([1, 2, 3, 4, 50].map(pauseAfterMs)).toEqual([60_000, 120_000, 240_000, 300_000, 300_000]);
  });

  test('are counted until a long pause without a failure', () => {
    const row = rowOf({ postponed: { failures: 3, untilMs: 1000, because: 'it failed' } });
    expect(failuresBefore(row, 1000)).toBe(3);
    expect(failuresBefore(row, 1000 + 2 * LONGEST_PAUSE_MS)).toBe(0);
    expect(failuresBefore(rowOf(), 1000)).toBe(0);
  });
});
