import { describe, expect, test } from 'vitest';
import { assertOwner, movePhase, withLease, withSecret } from '../../../core/ledger/ledger.ts';
import { rowOf } from '../../fixtures/row.ts';

const row = rowOf();
const TEARDOWN_ARN = 'arn:of:teardown';

describe('movePhase', () => {
  test('moves forward, and leaves the row that it was given as it is', () => {
    expect(movePhase(row, 'open')).toEqual({ ...row, phase: 'open' });
    expect(row.phase).toBe('admitted');
  });

  test('never moves back: PhasePassed', () => {
    expect(() => movePhase(rowOf({ phase: 'revoked' }), 'open')).toThrow(
      expect.objectContaining({ name: 'PhasePassed' }),
    );
  });
});

describe('assertOwner', () => {
  const teardown = { attempt: 1, executionArn: TEARDOWN_ARN, intendedAtMs: 1 };

  test('accepts the task’s own execution, and its Teardown', () => {
    expect(() => assertOwner(row, row.boundaryId, row.executionArn)).not.toThrow();
    expect(() => assertOwner(rowOf({ teardown }), row.boundaryId, TEARDOWN_ARN)).not.toThrow();
  });

  test.each([
    ['another execution', row, TEARDOWN_ARN],
    ['a task that was not submitted', undefined, row.executionArn],
  ])('refuses %s: NotTheOwner', (_what, found, executionArn) => {
    expect(() => assertOwner(found, row.boundaryId, executionArn)).toThrow(
      expect.objectContaining({ name: 'NotTheOwner' }),
    );
  });
});

describe('records of a row', () => {
  const secret = (name: string) => ({
    name,
    spec: { kind: 'signingKey' as const },
    secretName: `taskbound/${name}`,
    state: 'planned' as const,
  });
  const lease = (number: number) => ({
    number,
    state: 'intended' as const,
    attempt: `attempt-${number}`,
    intendedAtMs: 1,
    deadlineMs: 2,
    policyDigest: 'p',
    sessionSecretName: 'session',
  });

  test('are changed by name or number, the others stay as they are', () => {
    const before = rowOf({ secrets: [secret('a'), secret('b')], leases: [lease(1), lease(2)] });
    expect(withSecret(before, 'b', { state: 'issued' }).secrets).toEqual([
      secret('a'),
      { ...secret('b'), state: 'issued' },
    ]);
    expect(withLease(before, 1, { state: 'issued' }).leases).toEqual([
      { ...lease(1), state: 'issued' },
      lease(2),
    ]);
  });
});
