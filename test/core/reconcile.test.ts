import { describe, expect, test } from 'vitest';
import { dueAtMs, LIFT_MARGIN_MS } from '../../core/due.ts';
import type { LedgerRow } from '../../core/ledger.ts';
import { PHASES, type Phase } from '../../core/phase.ts';
import { decideReconcile, ownerOf, type OwnerState } from '../../core/reconcile.ts';
import { rowOf } from '../lambdas/control/row.ts';

const DEADLINE_MS = Date.UTC(2026, 10, 23, 10, 2, 0);
const LIFT_MS = DEADLINE_MS + LIFT_MARGIN_MS;
const deny = {
  policyName: 'taskbound-deny-x',
  roleName: 'TaskRole',
  deadlineMs: DEADLINE_MS,
  effective: true,
};
const teardown = { attempt: 2, executionArn: 'arn:teardown-2', intendedAtMs: 0 };

const at = (phase: Phase, change: Partial<LedgerRow> = {}): LedgerRow => rowOf({ phase, ...change });

describe('what the reconciler does', () => {
  test.each<[string, LedgerRow, OwnerState, number, string]>([
    ['a closed boundary without a deny', at('closed'), 'ended', LIFT_MS, 'nothing'],
    [
      'a closed one whose deny is not past its deadline',
      at('closed', { deny }),
      'ended',
      LIFT_MS - 1,
      'nothing',
    ],
    ['a closed one whose deny is past it', at('closed', { deny }), 'ended', LIFT_MS, 'lift-deny'],
    [
      'one whose deny was not effective: it may be there all the same',
      at('closed', { deny: { ...deny, effective: false } }),
      'ended',
      LIFT_MS,
      'lift-deny',
    ],
    [
      'one whose deny is lifted',
      at('closed', { deny: { ...deny, liftedAtMs: 1 } }),
      'ended',
      LIFT_MS,
      'nothing',
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
    ['one whose Teardown failed', at('revoked', { teardown }), 'ended', 0, 'teardown 3'],
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
  const updatedAtMs = 1_000_000;

  test('an open boundary always is, at some time; a closed one only for its deny', () => {
    for (const phase of PHASES.filter((each) => each !== 'closed'))
      expect(dueAtMs(at(phase, { updatedAtMs }))).toBeGreaterThan(updatedAtMs);
    expect(dueAtMs(at('closed', { updatedAtMs }))).toBeUndefined();
    expect(dueAtMs(at('closed', { updatedAtMs, deny }))).toBe(LIFT_MS);
    expect(dueAtMs(at('closed', { updatedAtMs, deny: { ...deny, liftedAtMs: 1 } }))).toBeUndefined();
  });

  test('while the work may run, not before its lease ends', () => {
    const lease = {
      number: 1,
      state: 'issued' as const,
      attempt: 'a',
      intendedAtMs: 0,
      deadlineMs: DEADLINE_MS,
      policyDigest: '',
      sessionSecretName: 's',
    };
    expect(dueAtMs(at('open', { updatedAtMs, leases: [lease] }))).toBeGreaterThan(DEADLINE_MS);
    expect(dueAtMs(at('revoking', { updatedAtMs, leases: [lease] }))).toBeLessThan(DEADLINE_MS);
  });
});
