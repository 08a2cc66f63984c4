import { describe, expect, test } from 'vitest';
import { dueAtMs, LONGEST_PAUSE_MS } from '../../../core/ledger/due.ts';
import type { LedgerRow, RowIn } from '../../../core/ledger/ledger.ts';
import { PHASES } from '../../../core/ledger/phase.ts';
import { TEARDOWN_PAUSE_MS } from '../../../core/reconcile/reconcile.ts';
import { overdueAtMs, rowHealth } from '../../../core/ledger/row-health.ts';
import { leaseOf, revokedSecret, rowOf, unrevokedSecret } from '../../fixtures/row.ts';

const MINUTE_MS = 60_000;
const lease = (deadlineMs: number) => leaseOf({ deadlineMs });
const policy = { policyName: 'p', roleName: 'r', deadlineMs: 0 };
const denied = { ...policy, effective: true, putAtMs: 0 } as const;
const notDenied = { ...policy, effective: false, error: 'full' } as const;
const approval = { quorum: 1, expiresAtMs: 0 };
const teardown = (attempt: number, intendedAtMs = 0) => ({ attempt, executionArn: 'arn:t', intendedAtMs });
const unproven = { attempt: 0, executionArn: 'arn:e', gaveUpAtMs: 0 };

/** What a row can have whether its boundary is closed or not. */
type Change = Partial<
  Pick<
    RowIn<'revoking'>,
    | ('requestedAtMs' | 'updatedAtMs' | 'revokingAtMs' | 'window' | 'postponed')
    | ('leases' | 'secrets' | 'deny' | 'teardown' | 'unproven')
  >
>;
const revoking = (change: Change) => rowOf({ ...change, phase: 'revoking' });

describe('a boundary is overdue', () => {
  const window = (minutes: number) => ({ opensAtMs: minutes * MINUTE_MS, closesAtMs: 1000 * MINUTE_MS });
  test.each<[string, LedgerRow, number]>([
    ['ten minutes after it was asked for, when nothing was issued', rowOf(), 10],
    ['ten minutes after its teardown began', revoking({ revokingAtMs: 5 * MINUTE_MS }), 15],
    ['two minutes after its deadline', rowOf({ leases: [lease(30 * MINUTE_MS)] }), 32],
    [
      'after the deadline of its last lease',
      revoking({ leases: [lease(30 * MINUTE_MS), lease(40 * MINUTE_MS)], revokingAtMs: MINUTE_MS }),
      42,
    ],
    ['ten minutes after it was approved', rowOf({ approval, approvedAtMs: 60 * MINUTE_MS }), 70],
    [
      'ten minutes after its window opened',
      rowOf({ window: window(30), approval, approvedAtMs: MINUTE_MS }),
      40,
    ],
    [
      'ten minutes after its teardown began, although its window has not opened',
      revoking({ window: window(300), revokingAtMs: 5 * MINUTE_MS }),
      15,
    ],
    [
      'not before any of them',
      revoking({ leases: [lease(2 * MINUTE_MS)], revokingAtMs: 2 * MINUTE_MS, requestedAtMs: MINUTE_MS }),
      12,
    ],
  ])('%s', (_when, row, minutes) => {
    expect(overdueAtMs(row)).toBe(minutes * MINUTE_MS);
    expect(rowHealth(row, minutes * MINUTE_MS).overdue).toBe(false);
    expect(rowHealth(row, minutes * MINUTE_MS + 1).overdue).toBe(true);
  });
});

test.each<[string, Change, object]>([
  ['an execution of it gave up', { unproven }, { unproven: true }],
  ['its first Teardown is no trouble yet', { teardown: teardown(1) }, { unproven: false }],
  ['its second is', { teardown: teardown(2) }, { unproven: true }],
  [
    'secrets that are not revoked are counted',
    { secrets: [unrevokedSecret('a'), revokedSecret('b'), unrevokedSecret('c')] },
    { secretsUnrevoked: 2 },
  ],
  ['its deny was not taken', { deny: notDenied }, { denyNotEffective: true }],
  ['its deny was taken', { deny: denied }, { denyNotEffective: false }],
])('%s', (_what, change, expected) => {
  const healthy = { overdue: false, unproven: false, secretsUnrevoked: 0, denyNotEffective: false };
  expect(rowHealth(revoking(change), 0)).toEqual({ ...healthy, ...expected });
  expect(rowHealth(rowOf({ ...change, phase: 'closed' }), 100 * MINUTE_MS)).toEqual(healthy);
});

describe('a row in trouble is due in every run, however often its tail writes it', () => {
  const updatedAtMs = 100 * MINUTE_MS;
  const requestedAtMs = 99 * MINUTE_MS;
  const at = (change: Change) => revoking({ requestedAtMs, updatedAtMs, ...change });

  test.each<[string, Change]>([
    ['overdue', { requestedAtMs: 0 }],
    ['unproven', { unproven }],
    ['torn down twice', { teardown: teardown(2) }],
    ['with a deny that was not taken', { deny: notDenied }],
    [
      'with a secret that is not revoked minutes after its teardown began',
      { secrets: [unrevokedSecret('a')], revokingAtMs: updatedAtMs - 2 * MINUTE_MS },
    ],
  ])('%s', (_trouble, change) => {
    expect(dueAtMs(at(change))).toBe(updatedAtMs);
  });

  test('but not for a secret that is revoked within two minutes, as one that may still be made', () => {
    const row = at({ secrets: [unrevokedSecret('a')], revokingAtMs: updatedAtMs - MINUTE_MS });
    expect(dueAtMs(row)).toBe(updatedAtMs + MINUTE_MS);
  });

  test('nor before its Teardown may be followed by the next', () => {
    const row = at({ teardown: teardown(2, updatedAtMs) });
    expect(dueAtMs(row)).toBeGreaterThanOrEqual(updatedAtMs + TEARDOWN_PAUSE_MS);
  });

  test('nor while its looks fail', () => {
    const postponed = { failures: 9, untilMs: updatedAtMs + LONGEST_PAUSE_MS, because: 'down' };
    expect(dueAtMs(at({ unproven, postponed }))).toBe(postponed.untilMs);
  });

  test('and a quiet one is not', () => {
    for (const phase of PHASES.filter((each) => each !== 'closed'))
      expect(dueAtMs(rowOf({ phase, requestedAtMs, updatedAtMs }))).toBe(updatedAtMs + 2 * MINUTE_MS);
  });
});
