import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NotScheduled } from '../../../core/shared/errors.ts';
import { TASK_ID } from 'taskbound-evidence/names/ids';
import {
  assertTimely,
  parseScheduledTime,
  RUN_MAX_AGE_MS,
  RUN_MAX_LEAD_MS,
  SCHEDULE_NAME,
  scheduledTaskId,
  scheduleOfTaskId,
} from '../../../core/schedules/schedule.ts';

const NOW = Date.UTC(2026, 10, 24, 1);
/** Every whole second from 1970 through the year 9999, in milliseconds. */
const seconds = fc.integer({ min: 0, max: 253_402_300_799 }).map((second) => second * 1000);
const names = fc.stringMatching(SCHEDULE_NAME);

describe('the id of a run', () => {
  it('consists of the schedule’s name and the time', () => {
    expect(scheduledTaskId('Nightly', NOW)).toBe('Nightly-20261124T010000Z');
  });

  it('is a unique, repeatable and valid task id that contains the schedule’s name', () => {
    fc.assert(
      fc.property(names, names, seconds, seconds, (one, other, forMs, laterMs) => {
        const id = scheduledTaskId(one, forMs);
        expect(id).toMatch(TASK_ID);
        expect(scheduleOfTaskId(id)).toBe(one);
        const isSame = one === other && forMs === laterMs;
        expect(scheduledTaskId(other, laterMs) === id).toBe(isSame);
        expect(
          scheduledTaskId(one, parseScheduledTime(`${new Date(forMs).toISOString().slice(0, 19)}Z`)),
        ).toBe(id);
      }),
    );
  });

  it.each(['nightly-20261124T010000Z', 'Nightly-20261124T0100Z', 'Nightly', 'x-Nightly-20261124T010000Z'])(
    'cannot be %s',
    (id) => expect(scheduleOfTaskId(id)).toBeUndefined(),
  );
});

describe('parseScheduledTime', () => {
  it('returns the time to the second', () => expect(parseScheduledTime('2026-11-24T01:00:00Z')).toBe(NOW));

  it.each([
    '2026-11-24T01:00:00.000Z',
    '2026-11-24T01:00:00+00:00',
    '2026-11-24T01:00Z',
    '2026-02-30T01:00:00Z',
    '2026-11-24T24:00:00Z',
    '2026-11-24',
    '<aws.scheduler.scheduled-time>',
    '',
  ])('throws NotScheduled for %j', (text) => expect(() => parseScheduledTime(text)).toThrow(NotScheduled));

  it.each([
    ['accepts a run that is a day late', -RUN_MAX_AGE_MS, true],
    ['rejects a run that is more than a day late', -RUN_MAX_AGE_MS - 1000, false],
    ['accepts a run that is a minute early', RUN_MAX_LEAD_MS, true],
    ['rejects a run that is more than a minute early', RUN_MAX_LEAD_MS + 1000, false],
  ])('assertTimely %s', (_what, offsetMs, timely) => {
    const check = () => assertTimely('Nightly', NOW + offsetMs, NOW);
    if (timely) expect(check).not.toThrow();
    else
      expect(check).toThrow(/Nightly is for .* and came at 2026-11-24T01:00:00Z; allowed: at most 24 hours/);
  });
});
