import { describe, expect, test } from 'vitest';
import {
  latestDeadlineMs,
  MAX_LEASES,
  nextDeadlineMs,
  withTaskDeadline,
} from '../../../core/ledger/deadline.ts';
import { dueAtMs } from '../../../core/ledger/due.ts';
import { overdueAtMs } from '../../../core/ledger/row-health.ts';
import { leaseOf, rowOf } from '../../fixtures/row.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 10, 0, 0, 700);
const SECOND_MS = Math.floor(NOW_MS / 1000) * 1000;
const config = { leaseSeconds: 120, workSeconds: 75 };
const lease = (number: number, deadlineMs = SECOND_MS) =>
  leaseOf({ number, attempt: String(number), deadlineMs });
const leases = (count: number) => Array.from({ length: count }, (_unused, index) => lease(index + 1));

describe('the deadline of the next lease', () => {
  test.each([
    ['leaseSeconds from now', 600, 120],
    ["the task's deadline, if that is sooner", 100, 100],
    ["the task's deadline, if just enough time is left for one run of the work", 76, 76],
  ])('is %s', (_what, taskSeconds, expected) => {
    const row = withTaskDeadline(rowOf({ taskSeconds }), NOW_MS);
    expect(nextDeadlineMs(row, config, NOW_MS)).toBe(SECOND_MS + expected * 1000);
  });

  test('is refused if too little time is left for one run of the work; the message states both times', () => {
    const row = withTaskDeadline(rowOf({ taskSeconds: 75 }), NOW_MS);
    const next = () => nextDeadlineMs(row, config, NOW_MS);
    expect(next).toThrow(/74\.3 s are left until its last moment, 2026-11-23T10:01:15\.000Z.*75 s/);
    expect(next).toThrow(expect.objectContaining({ name: 'OutOfTime' }));
  });

  test('is refused if the task has had the maximum number of leases', () => {
    const row = (count: number) => rowOf({ leases: leases(count) });
    expect(() => nextDeadlineMs(row(MAX_LEASES - 1), config, NOW_MS)).not.toThrow();
    expect(() => nextDeadlineMs(row(MAX_LEASES), config, NOW_MS)).toThrow(
      expect.objectContaining({ name: 'OutOfLeases', message: expect.stringContaining('it had 100') }),
    );
  });
});

test('a row becomes due and overdue only after the deadline of its latest lease', () => {
  const row = rowOf({ phase: 'open', updatedAtMs: 0, leases: [lease(1, 1_000_000), lease(2, 5_000_000)] });
  expect(latestDeadlineMs(row)).toBe(5_000_000);
  expect(dueAtMs(row)).toBeGreaterThan(5_000_000);
  expect(overdueAtMs(row)).toBeGreaterThan(5_000_000);
});
