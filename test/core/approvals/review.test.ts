import { describe, expect, it } from 'vitest';
import { openReviewOf, reviewFault, reviewRow, withReviewDecision } from '../../../core/approvals/review.ts';
import { BOUNDARY, rowOf } from '../../fixtures/row.ts';

const open = openReviewOf(
  rowOf({ phase: 'approved', requester: 'ann', emergency: 'fire', requestedAtMs: 7 }),
);
const decided = withReviewDecision(open, 'justified', { person: 'bob', arn: 'arn:bob', atMs: 0 });

describe('an open review', () => {
  it('belongs to the emergency and is due from its request on', () => {
    const review = { boundaryId: `${BOUNDARY}.review`, of: BOUNDARY, revision: 1, emergency: 'fire' };
    expect(open).toMatchObject({ ...review, state: 'open', openedAtMs: 7, dueAtMs: 7 });
    expect(reviewRow.parse(open)).toEqual(open);
  });

  it.each([
    ['the requester', open, 'ann', 'ann asked for the emergency; somebody else must review it'],
    ['another person', open, 'bob', undefined],
    ['every person when the requester is unknown', { ...open, requester: '' }, 'bob', expect.any(String)],
  ])('has this fault for %s', (_who, review, person, fault) => {
    expect(reviewFault(review, person)).toEqual(fault);
  });
});

describe('a decided review', () => {
  it('is valid, has the next revision, and is not in the index of open reviews', () => {
    expect(reviewRow.parse(decided)).toMatchObject({ state: 'justified', revision: 2 });
    expect([decided.due, decided.dueAtMs]).toEqual([undefined, undefined]);
    expect(reviewRow.safeParse({ ...decided, due: 'review' }).success).toBe(false);
  });

  it('cannot be decided again', () => {
    expect(reviewFault(decided, 'carol')).toBe('bob decided it already, at 1970-01-01T00:00:00.000Z');
  });
});
