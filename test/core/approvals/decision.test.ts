import { describe, expect, it } from 'vitest';
import { parseDecision, parseEnd } from '../../../core/approvals/decision.ts';
import { REASON_CHARACTERS } from '../../../core/requests/reason.ts';

const decision = { task: 'object-transfer.x1', decision: 'approve', grantDigest: 'a'.repeat(64) };

describe('parseDecision', () => {
  it.each([
    ['a task', decision],
    ['the review of an emergency', { task: 'object-transfer.x1.review', decision: 'refuse' }],
    ['a reason of the maximum length', { ...decision, reason: 'x'.repeat(REASON_CHARACTERS) }],
  ])('accepts a decision about %s', (_what, value) => expect(parseDecision(value)).toEqual(value));

  it.each([
    ['a review of a review', { ...decision, task: 'object-transfer.x1.review.review' }, 'Field task'],
    ['a task without a type', { ...decision, task: 'x1' }, 'Field task'],
    ['a digest that is too short', { ...decision, grantDigest: 'a'.repeat(63) }, 'Field grantDigest'],
    ['a digest in upper case', { ...decision, grantDigest: 'A'.repeat(64) }, 'Field grantDigest'],
    ['an empty reason', { ...decision, reason: '' }, 'Field reason'],
    ['a reason that is too long', { ...decision, reason: 'x'.repeat(REASON_CHARACTERS + 1) }, 'Field reason'],
    ['a person', { ...decision, person: 'ann' }, 'Field "person"'],
  ])('refuses %s', (_what, value, message) => expect(() => parseDecision(value)).toThrow(message));
});

describe('parseEnd', () => {
  it('refuses the fields of a decision', () => {
    expect(() => parseEnd({ ...decision, reason: 'late' })).toThrow('of the call to end a task is not known');
  });
});
