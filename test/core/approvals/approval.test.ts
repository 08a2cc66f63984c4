import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  approvalFault,
  approversOf,
  decisionFault,
  isWaiting,
  withDecision,
  withExpiry,
} from '../../../core/approvals/approval.ts';
import type { DecisionRecord } from '../../../core/ledger/people-records.ts';
import type { LedgerRow, RowIn } from '../../../core/ledger/ledger.ts';
import { reviewedBy } from 'taskbound-evidence/names/review-id';
import { reviewIdOf } from 'taskbound-evidence/names/review-id';
import { rowOf as ledgerRowOf } from '../../fixtures/row.ts';

const ROLE = 'arn:aws:iam::111122223333:role/Approvers';
const T0 = Date.UTC(2026, 10, 23, 10);
const type = {
  people: { submit: [], decide: [{ roleArn: ROLE, personal: true }], end: [] },
  approval: { quorum: 2, expiresAfterSeconds: 3600 },
  emergency: false,
};
const approval = { quorum: 2, expiresAtMs: T0 + 3_600_000 };
const waiting = (change: Partial<RowIn<'requested'>> = {}) => ({
  ...ledgerRowOf({ requester: 'ann', approval, ...change, phase: 'requested' }),
  approval,
});
const by = (person: string, change: Partial<DecisionRecord> = {}): DecisionRecord => {
  const { decision = 'approve', reason = 'no', ...rest } = change;
  const arn = `arn:aws:sts::111122223333:assumed-role/Approvers/${person}`;
  const made = { person, arn, roleArn: ROLE, grantDigest: waiting().grantDigest, atMs: T0, reason };
  return { ...made, ...rest, decision };
};

describe('approversOf and approvalFault', () => {
  test.each<[string, DecisionRecord[], string[]]>([
    ['returns nobody when there is no decision', [], []],
    ['counts two people', [by('bob'), by('carol')], ['bob', 'carol']],
    ['counts one person once', [by('bob'), by('bob')], ['bob']],
    ['does not count the requester', [by('ann'), by('bob')], ['bob']],
    ['does not count a refusal', [by('bob', { decision: 'refuse' })], []],
    ['does not count an approval of another grant', [by('bob', { grantDigest: 'f'.repeat(64) })], []],
    ['does not count an approval from a role that may not decide', [by('bob', { roleArn: `${ROLE}2` })], []],
    ['does not count an approval at the exact time of expiry', [by('bob', { atMs: T0 + 3_600_000 })], []],
  ])('approversOf %s', (_what, decisions, expected) => {
    expect(approversOf(waiting({ decisions }), type)).toEqual(expected);
  });

  test('approversOf returns nobody when the requester is unknown', () => {
    const { requester: _nobody, ...row } = waiting({ decisions: [by('bob'), by('carol')] });
    expect(approversOf(row as LedgerRow, type)).toEqual([]);
  });

  test('approversOf does not count a role that lets sessions choose any name', () => {
    const people = { ...type.people, decide: [{ roleArn: ROLE, personal: false }] };
    expect(approversOf(waiting({ decisions: [by('bob')] }), { people })).toEqual([]);
  });

  test('approvalFault requires the higher of the requested and the deployed quorum', () => {
    const row = waiting({ decisions: [by('bob'), by('carol')] });
    expect(approvalFault(row, type)).toBeUndefined();
    expect(approvalFault(row, { ...type, approval: { ...type.approval, quorum: 3 } })).toMatch(/needs 3/);
    expect(approvalFault(row, { ...type, approval: { ...type.approval, quorum: 1 } })).toBeUndefined();
  });

  test('approvalFault keeps the requested quorum when the type no longer needs approval', () => {
    const none = { ...type, approval: null };
    expect(approvalFault(waiting({ decisions: [by('bob')] }), none)).toMatch(/needs 2/);
    expect(withDecision(waiting(), by('bob'), none).phase).toBe('requested');
    expect(approvalFault(ledgerRowOf({ requester: 'ann' }), none)).toBeUndefined();
  });

  test('approvalFault requires approval of an emergency when its type no longer allows emergencies', () => {
    const row = ledgerRowOf({ emergency: 'fire' });
    expect(approvalFault(row, { ...type, emergency: true })).toBeUndefined();
    expect(approvalFault(row, type)).toMatch(/does not allow emergencies/);
  });

  test('in any order of decisions, a task starts only with its quorum, and a refusal is final', () => {
    const person = fc.constantFrom('ann', 'bob', 'carol', 'dave');
    const made = fc.record({
      person,
      decision: fc.constantFrom('approve' as const, 'refuse' as const),
      grantDigest: fc.constantFrom(waiting().grantDigest, 'f'.repeat(64)),
      atMs: fc.constantFrom(T0, T0 + 3_599_999, T0 + 3_600_000),
    });
    fc.assert(
      fc.property(fc.array(made, { maxLength: 8 }), (all) => {
        let row: LedgerRow = waiting();
        for (const each of all) {
          const decision = by(each.person, each);
          if (decisionFault(row, decision, undefined) === undefined && isWaiting(row))
            row = withDecision(row, decision, type);
        }
        const refused = row.decisions?.some(({ decision }) => decision === 'refuse') === true;
        expect(row.rejection !== undefined).toBe(refused);
        expect(row.phase === 'approved').toBe(!refused && approversOf(row, type).length >= 2);
        expect(new Set(approversOf(row, type)).has('ann')).toBe(false);
      }),
    );
  });
});

describe('decisionFault', () => {
  test.each<[string, LedgerRow, DecisionRecord, string | undefined, string]>([
    [
      'a decision after a refusal',
      withDecision(waiting(), by('bob', { decision: 'refuse' }), type),
      by('carol'),
      undefined,
      'not-waiting',
    ],
    [
      'a decision after the approval was marked as expired',
      withExpiry(waiting()),
      by('bob'),
      undefined,
      'not-waiting',
    ],
    [
      'a decision at the time of expiry',
      waiting(),
      by('bob', { atMs: T0 + 3_600_000 }),
      undefined,
      'expired',
    ],
    ['an approval by the requester', waiting(), by('ann'), undefined, 'requester'],
    ['a refusal by the requester', waiting(), by('ann', { decision: 'refuse' }), undefined, 'requester'],
    [
      'a decision about another grant',
      waiting(),
      by('bob', { grantDigest: 'f'.repeat(64) }),
      undefined,
      'other-grant',
    ],
    ['an approval when the type has changed', waiting(), by('bob'), 'its tools changed', 'other-grant'],
    [
      'a second decision of the same person',
      waiting({ decisions: [by('bob')] }),
      by('bob'),
      undefined,
      'already-decided',
    ],
    [
      'a decision about a running task',
      ledgerRowOf({ phase: 'open', requester: 'ann', approval }),
      by('bob'),
      undefined,
      'not-waiting',
    ],
    [
      'a decision about a closed task',
      ledgerRowOf({ phase: 'closed', requester: 'ann', approval }),
      by('bob'),
      undefined,
      'not-waiting',
    ],
  ])('rejects %s', (_what, row, decision, grantChange, code) => {
    expect(decisionFault(row, decision, grantChange)?.code).toBe(code);
  });

  test('accepts a refusal although the type has changed', () => {
    expect(decisionFault(waiting(), by('bob', { decision: 'refuse' }), 'its tools changed')).toBeUndefined();
  });
});

test('the key of a review differs from every boundary id', () => {
  expect(reviewIdOf('a-type.task')).toBe('a-type.task.review');
  expect(reviewedBy('a-type.task.review')).toBe('a-type.task');
  expect(reviewedBy('a-type.review')).toBeUndefined(); // A task with the id `review`.
  expect(reviewedBy('a-type.task')).toBeUndefined();
});
