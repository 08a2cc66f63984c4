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

/** The fields that a row can have in every phase. */
type Change = Partial<
  Pick<
    RowIn<'revoking'>,
    | ('requestedAtMs' | 'updatedAtMs' | 'revokingAtMs' | 'window' | 'postponed')
    | ('leases' | 'secrets' | 'deny' | 'teardown' | 'unproven')
  >
>;
const revoking = (change: Change) => rowOf({ ...change, phase: 'revoking' });

describe('a boundary becomes overdue', () => {
  const window = (minutes: number) => ({ opensAtMs: minutes * MINUTE_MS, closesAtMs: 1000 * MINUTE_MS });
  test.each<[string, LedgerRow, number]>([
    ['ten minutes after its request, when nothing was issued', rowOf(), 10],
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
      'only after the last of these times',
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
  ['a boundary is unproven when one of its executions gave up', { unproven }, { unproven: true }],
  ['a boundary is not unproven with its first Teardown', { teardown: teardown(1) }, { unproven: false }],
  ['a boundary is unproven with its second Teardown', { teardown: teardown(2) }, { unproven: true }],
  [
    'unrevoked secrets are counted',
    { secrets: [unrevokedSecret('a'), revokedSecret('b'), unrevokedSecret('c')] },
    { secretsUnrevoked: 2 },
  ],
  ['a deny that IAM refused is not effective', { deny: notDenied }, { denyNotEffective: true }],
  ['a deny that IAM accepted is effective', { deny: denied }, { denyNotEffective: false }],
])('%s', (_what, change, expected) => {
  const healthy = { overdue: false, unproven: false, secretsUnrevoked: 0, denyNotEffective: false };
  expect(rowHealth(revoking(change), 0)).toEqual({ ...healthy, ...expected });
  expect(rowHealth(rowOf({ ...change, phase: 'closed' }), 100 * MINUTE_MS)).toEqual(healthy);
});

describe('dueAtMs, for an open boundary in trouble', () => {
  const updatedAtMs = 100 * MINUTE_MS;
  const requestedAtMs = 99 * MINUTE_MS;
  const at = (change: Change) => revoking({ requestedAtMs, updatedAtMs, ...change });

  test.each<[string, Change]>([
    ['overdue', { requestedAtMs: 0 }],
    ['unproven', { unproven }],
    ['torn down twice', { teardown: teardown(2) }],
    ['with a deny that IAM refused', { deny: notDenied }],
    [
      'with a secret that is not revoked minutes after its teardown began',
      { secrets: [unrevokedSecret('a')], revokingAtMs: updatedAtMs - 2 * MINUTE_MS },
    ],
  ])('is the time of the last write, so that every run sees it: %s', (_trouble, change) => {
    expect(dueAtMs(at(change))).toBe(updatedAtMs);
  });

  test('is later for an unrevoked secret in the first two minutes of the teardown', () => {
    const row = at({ secrets: [unrevokedSecret('a')], revokingAtMs: updatedAtMs - MINUTE_MS });
    expect(dueAtMs(row)).toBe(updatedAtMs + MINUTE_MS);
  });

  test('is not before the next Teardown may start', () => {
    const row = at({ teardown: teardown(2, updatedAtMs) });
    expect(dueAtMs(row)).toBeGreaterThanOrEqual(updatedAtMs + TEARDOWN_PAUSE_MS);
  });

  test('is the end of a postponement', () => {
    const postponed = { failures: 9, untilMs: updatedAtMs + LONGEST_PAUSE_MS, because: 'down' };
    expect(dueAtMs(at({ unproven, postponed }))).toBe(postponed.untilMs);
  });

  test('is later for a boundary without trouble', () => {
    for (const phase of PHASES.filter((each) => each !== 'closed'))
      expect(dueAtMs(rowOf({ phase, requestedAtMs, updatedAtMs }))).toBe(updatedAtMs + 2 * MINUTE_MS);
  });
});
