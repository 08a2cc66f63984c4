import { describe, expect, it } from 'vitest';
import { recurrenceOf } from 'taskbound-local/scheduler/expression';

/** The first times after a given one, in UTC. */
function due(expression: string, timeZone: string, after: string, count: number): string[] {
  const { nextMs } = recurrenceOf(expression, timeZone);
  const times: string[] = [];
  let ms: number | undefined = Date.parse(after);
  while (times.length < count) {
    ms = nextMs(ms, 0);
    if (ms === undefined) break;
    times.push(`${new Date(ms).toISOString().slice(0, 16)}Z`);
  }
  return times;
}

describe('a cron expression', () => {
  it.each<[what: string, fields: string, after: string, expected: string[]]>([
    ['every day', '0 2 * * ? *', '2026-11-23T10:00Z', ['2026-11-24T02:00Z', '2026-11-25T02:00Z']],
    ['strictly after', '0 2 * * ? *', '2026-11-24T02:00Z', ['2026-11-25T02:00Z']],
    ['steps', '0/20 9 * * ? *', '2026-11-23T10:00Z', ['2026-11-24T09:00Z', '2026-11-24T09:20Z']],
    ['lists', '5,35 9 * * ? *', '2026-11-23T09:10Z', ['2026-11-23T09:35Z', '2026-11-24T09:05Z']],
    ['1 is Sunday', '0 9 ? * 1 *', '2026-11-23T10:00Z', ['2026-11-29T09:00Z']],
    ['names of days', '0 9 ? * MON-TUE *', '2026-11-23T10:00Z', ['2026-11-24T09:00Z', '2026-11-30T09:00Z']],
    ['names of months', '0 9 1 JAN,JUL ? *', '2026-11-23T10:00Z', ['2027-01-01T09:00Z', '2027-07-01T09:00Z']],
    ['the last day', '0 9 L * ? *', '2026-11-23T10:00Z', ['2026-11-30T09:00Z', '2026-12-31T09:00Z']],
    ['the last Friday', '0 9 ? * 6L *', '2026-11-23T10:00Z', ['2026-11-27T09:00Z', '2026-12-25T09:00Z']],
    ['the end of the week', '0 9 ? * L *', '2026-11-23T10:00Z', ['2026-11-28T09:00Z']],
    ['the nearest weekday', '0 9 15W * ? *', '2027-04-20T10:00Z', ['2027-05-14T09:00Z', '2027-06-15T09:00Z']],
    ['the second Tuesday', '0 9 ? * 3#2 *', '2026-11-23T10:00Z', ['2026-12-08T09:00Z', '2027-01-12T09:00Z']],
    ['years', '0 9 31 12 ? 2026', '2026-11-23T10:00Z', ['2026-12-31T09:00Z']],
    ['never again', '0 9 31 12 ? 2025', '2026-11-23T10:00Z', []],
    ['a day that does not exist', '0 9 30 2 ? *', '2026-11-23T10:00Z', []],
  ])('%s', (_what, fields, after, expected) => {
    expect(due(`cron(${fields})`, 'UTC', after, Math.max(expected.length, 1))).toEqual(expected);
  });
});

/** As on AWS: a time that does not exist is skipped, a time that occurs twice runs once. */
describe('daylight saving in Berlin', () => {
  it.each<[what: string, fields: string, after: string, expected: string[]]>([
    ['winter and summer', '0 4 * * ? *', '2026-03-27T12:00Z', ['2026-03-28T03:00Z', '2026-03-29T02:00Z']],
    [
      'a time that is skipped',
      '30 2 * * ? *',
      '2026-03-27T12:00Z',
      ['2026-03-28T01:30Z', '2026-03-30T00:30Z'],
    ],
    [
      'a time that occurs twice',
      '30 2 * * ? *',
      '2026-10-24T12:00Z',
      ['2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    ],
    [
      'an hour that occurs twice',
      '0/30 * * * ? *',
      '2026-10-24T23:45Z',
      ['2026-10-25T00:00Z', '2026-10-25T00:30Z', '2026-10-25T02:00Z'],
    ],
    ['between the two occurrences', '30 2 * * ? *', '2026-10-25T01:00Z', ['2026-10-26T01:30Z']],
  ])('%s', (_what, fields, after, expected) => {
    expect(due(`cron(${fields})`, 'Europe/Berlin', after, expected.length)).toEqual(expected);
  });

  it('changes nothing about a rate: a day is 24 hours', () => {
    expect(due('rate(1 day)', 'Europe/Berlin', '2026-03-28T00:00Z', 2)).toEqual([
      '2026-03-29T00:00Z',
      '2026-03-30T00:00Z',
    ]);
  });
});

describe('other expressions', () => {
  it.each<[string, string, string, string[]]>([
    ['rate(5 minutes)', 'UTC', '2026-11-23T10:01Z', ['2026-11-23T10:05Z', '2026-11-23T10:10Z']],
    ['rate(2 hours)', 'UTC', '2026-11-23T10:00Z', ['2026-11-23T12:00Z']],
    ['at(2026-11-24T02:00:00)', 'Europe/Berlin', '2026-11-23T10:00Z', ['2026-11-24T01:00Z']],
    ['at(2026-11-24T02:00:00)', 'UTC', '2026-11-24T02:00Z', []],
    ['at(2026-03-29T02:30:00)', 'Europe/Berlin', '2026-01-01T00:00Z', []],
  ])('%s in %s after %s', (expression, timeZone, after, expected) => {
    expect(due(expression, timeZone, after, Math.max(expected.length, 1))).toEqual(expected);
  });

  it.each<[string, string, RegExp]>([
    ['rate(1.5 hours)', 'UTC', /must be cron/],
    ['cron(0 2 * * *)', 'UTC', /must be cron/],
    ['cron(0 2 * * ? *)', 'Mars/Olympus', /time zone Mars\/Olympus/],
    ['cron(0 2 * * ? *)', 'us/pacific', /time zone us\/pacific/],
    ['cron(0 2 * * ? *)', '+01:00', /time zone \+01:00/],
  ])('%s in %s is refused', (expression, timeZone, why) => {
    expect(() => recurrenceOf(expression, timeZone)).toThrow(why);
  });
});
