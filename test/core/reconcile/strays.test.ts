import { describe, expect, test } from 'vitest';
import { SWEEP_MARGIN_MS } from '../../../core/ledger/due.ts';
import { denyPolicyName, secretName } from 'taskbound-evidence/names/ids';
import {
  boundaryOfSecret,
  cleansUpItself,
  isOld,
  staleDeny,
  STRAY_AGE_MS,
} from '../../../core/reconcile/strays.ts';
import { BOUNDARY, leaseOf, rowOf } from '../../fixtures/row.ts';

const DEADLINE_MS = Date.UTC(2026, 10, 23, 10, 2, 0);
const lease = leaseOf({ deadlineMs: DEADLINE_MS });

test('a secret is old when no lease can need it any more', () => {
  expect(STRAY_AGE_MS).toBeGreaterThan(3_600_000);
  expect([isOld(0, STRAY_AGE_MS), isOld(0, STRAY_AGE_MS + 1)]).toEqual([false, true]);
});

test('a secret belongs only to a boundary of its own stack', () => {
  const at = {
    stack: 'Taskbound',
    taskType: 'object-transfer',
    boundaryId: BOUNDARY,
    nonce: '0'.repeat(32),
  };
  expect(boundaryOfSecret(secretName(at, 'session'), 'Taskbound')).toBe(BOUNDARY);
  expect(boundaryOfSecret(secretName(at, 'session'), 'Task')).toBeUndefined();
  expect(
    boundaryOfSecret(secretName({ ...at, stack: 'Taskbound2' }, 'session'), 'Taskbound'),
  ).toBeUndefined();
  expect(boundaryOfSecret('taskbound/Taskbound/by-hand', 'Taskbound')).toBeUndefined();
});

test('a deny is stale a margin after the deadline in its name', () => {
  const name = denyPolicyName(BOUNDARY, DEADLINE_MS);
  expect(staleDeny(name, DEADLINE_MS + SWEEP_MARGIN_MS)).toBeUndefined();
  expect(staleDeny(name, DEADLINE_MS + SWEEP_MARGIN_MS + 1)).toBe(BOUNDARY);
  expect(staleDeny('DefaultPolicy', Infinity)).toBeUndefined();
});

describe('cleansUpItself', () => {
  test.each([
    ['no row', undefined, false],
    ['an open boundary', rowOf({ phase: 'open', leases: [lease] }), true],
    ['a boundary that cannot be closed', rowOf({ phase: 'revoked', leases: [lease] }), true],
    ['a closed boundary before its sweep', rowOf({ phase: 'closed', closedAtMs: 1, leases: [lease] }), true],
    ['a swept boundary', rowOf({ phase: 'closed', closedAtMs: 1, leases: [lease], sweptAtMs: 2 }), false],
    ['a closed boundary without anything to sweep', rowOf({ phase: 'closed', closedAtMs: 1 }), false],
  ])('is decided by the row: %s', (_what, row, expected) => expect(cleansUpItself(row)).toBe(expected));
});
