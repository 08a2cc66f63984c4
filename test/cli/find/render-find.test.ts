import { describe, expect, it } from 'vitest';
import type { FoundTask } from '../../../cli/find/find-tasks.ts';
import { parseFindQuery } from '../../../cli/find/find-query.ts';
import { matchOf, renderFind } from '../../../cli/find/render-find.ts';
import { boundaryIdOf } from 'taskbound-evidence/names/ids';
import { reviewIdOf } from 'taskbound-evidence/names/review-id';
import { BOUNDARY, goodEvents, rowOf } from '../support.ts';

describe('what was found', () => {
  const query = parseFindQuery({ accessKey: 'ASIAIOSFODNN7EXAMPLE' });
  const event = goodEvents()[3];
  if (event === undefined) throw new Error('no event');
  const found: FoundTask = { boundaryId: BOUNDARY, row: rowOf({ requester: 'ann' }), event, signed: true };

  it('is one line per task, and notes that there are more', () => {
    const text = renderFind(query, { tasks: [found], more: true });
    expect(text).toMatch(
      /^2026-11-23 10:00 +object-transfer\.nightly-1 +closed +ann +event 4, identity\.issued, 2026-11-23T10:00:03\.000Z$/m,
    );
    expect(text).toContain('Give a higher --limit.');
    expect(text).not.toContain('NOT');
  });

  it('is marked when only its chain confirms it', () => {
    const text = renderFind(query, { tasks: [{ ...found, signed: false }], more: false });
    expect(text).toContain(`NOT SIGNED: ${BOUNDARY}: confirmed only by its chain`);
    expect(matchOf({ ...found, signed: false })).toMatchObject({ confirmed: true, signed: false });
    expect(matchOf(found)).toMatchObject({ confirmed: true, signed: true });
  });

  it('is marked when the evidence does not confirm it', () => {
    const unconfirmed = { boundaryId: BOUNDARY, fault: 'its event 4 does not match' };
    expect(renderFind(query, { tasks: [unconfirmed], more: false })).toContain(
      `NOT CONFIRMED: ${BOUNDARY}: its event 4 does not match.`,
    );
    expect(matchOf(unconfirmed)).toEqual({
      boundaryId: BOUNDARY,
      taskType: 'object-transfer',
      phase: null,
      outcome: null,
      requester: null,
      requestedAt: null,
      event: null,
      confirmed: false,
      signed: false,
      fault: 'its event 4 does not match',
    });
  });

  it('names the schedule that asked, and the type of what a review is about', () => {
    const scheduled = rowOf({ requester: 'arn:x', scheduled: { schedule: 'Nightly', forMs: 0 } });
    expect(matchOf({ ...found, row: scheduled }).requester).toBe('schedule/Nightly');
    const boundaryId = reviewIdOf(boundaryIdOf('approved', 'x1'));
    expect(matchOf({ boundaryId, event }).taskType).toBe('approved');
  });

  it('may be empty, with the note that the index is eventually consistent', () => {
    expect(renderFind(query, { tasks: [], more: false })).toMatch(
      /^Nothing was found with the access key ASIAIOSFODNN7EXAMPLE\.\nThe index is eventually consistent/,
    );
  });
});
