import { expect, test } from 'vitest';
import { ledgerRow } from '../../../core/ledger/ledger.ts';
import { movePhase } from '../../../core/ledger/move-phase.ts';
import { rowOf } from '../../fixtures/row.ts';

const work = { status: 'succeeded', result: null, endedAtMs: 1 } as const;
const proof = { kind: 'nothing-issued', provenAtMs: 2 } as const;

test('each move produces a valid row', () => {
  const approved = movePhase(rowOf({ phase: 'requested' }), 'approved', {});
  const admitted = movePhase(approved, 'admitted', {});
  const open = movePhase(admitted, 'open', {});
  const revoking = movePhase(open, 'revoking', { revokingAtMs: 1, work });
  const revoked = movePhase(revoking, 'revoked', {});
  const closed = movePhase(revoked, 'closed', { proof, outcome: 'succeeded', closedAtMs: 3 });
  for (const row of [approved, admitted, open, revoking, revoked, closed])
    expect(ledgerRow.parse(row)).toEqual(row);
  expect(closed).toMatchObject({ phase: 'closed', work, proof });
});

test('a task can end in any phase before its teardown', () => {
  for (const phase of ['requested', 'approved', 'admitted', 'open'] as const)
    expect(movePhase(rowOf({ phase }), 'revoking', { revokingAtMs: 1, work }).work).toEqual(work);
});

test('an illegal move throws an error that names both phases', () => {
  expect(() => movePhase(rowOf({ phase: 'closed' }), 'open', {})).toThrow(
    expect.objectContaining({
      name: 'PhasePassed',
      message: expect.stringContaining('is closed and cannot become open; phases only move forward'),
    }),
  );
});
