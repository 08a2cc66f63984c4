import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTimeOf } from '../../../core/schedules/schedule-times.ts';
import { recurrenceOf } from 'taskbound-local/scheduler/expression';

const isTime = (expression: string, timeZone: string, text: string): boolean =>
  isTimeOf(expression, timeZone, Date.parse(text));

describe('isTimeOf, for a cron expression', () => {
  it.each<[expression: string, time: string, expected: boolean]>([
    ['0 4 * * ? *', '2026-11-24T03:00:00Z', true],
    ['0 4 * * ? *', '2026-11-24T03:00:01Z', false],
    ['0 4 * * ? *', '2026-11-24T02:59:59Z', false],
    ['0 4 * * ? *', '2026-11-24T03:01:00Z', false],
    // 04:00 in UTC, not in Berlin.
    ['0 4 * * ? *', '2026-11-24T04:00:00Z', false],
    ['0 4 * * ? *', '2026-07-24T02:00:00Z', true],
    ['0/20 4 * * ? *', '2026-11-24T03:40:00Z', true],
    ['0/20 4 * * ? *', '2026-11-24T03:30:00Z', false],
    ['0 4 ? * TUE *', '2026-11-24T03:00:00Z', true],
    ['0 4 ? * MON *', '2026-11-24T03:00:00Z', false],
    ['0 4 L * ? *', '2026-11-30T03:00:00Z', true],
    ['0 4 ? * 3#4 *', '2026-11-24T03:00:00Z', true],
    ['0 4 24 11 ? 2025', '2026-11-24T03:00:00Z', false],
    // The day differs from the day in UTC.
    ['30 0 24 * ? *', '2026-11-23T23:30:00Z', true],
  ])('cron(%s) in Berlin at %s: %s', (fields, time, expected) => {
    expect(isTime(`cron(${fields})`, 'Europe/Berlin', time)).toBe(expected);
  });
});

describe('isTimeOf, when the clocks change in Berlin', () => {
  it.each<[what: string, fields: string, time: string, expected: boolean]>([
    ['accepts a time before the skipped hour', '30 1 * * ? *', '2026-03-29T00:30:00Z', true],
    [
      'rejects a skipped time, counted with the offset before the change',
      '30 2 * * ? *',
      '2026-03-29T00:30:00Z',
      false,
    ],
    [
      'rejects a skipped time, counted with the offset after the change',
      '30 2 * * ? *',
      '2026-03-29T01:30:00Z',
      false,
    ],
    ['accepts a time after the skipped hour', '30 3 * * ? *', '2026-03-29T01:30:00Z', true],
    ['accepts the first occurrence of a repeated time', '30 2 * * ? *', '2026-10-25T00:30:00Z', true],
    [
      'accepts the second occurrence, because AWS runs one and does not document which',
      '30 2 * * ? *',
      '2026-10-25T01:30:00Z',
      true,
    ],
    ['rejects an hour after the second occurrence', '30 2 * * ? *', '2026-10-25T02:30:00Z', false],
    ['accepts a time after the repeated hour', '30 3 * * ? *', '2026-10-25T02:30:00Z', true],
  ])('%s', (_what, fields, time, expected) => {
    expect(isTime(`cron(${fields})`, 'Europe/Berlin', time)).toBe(expected);
  });
});

describe('isTimeOf, for other expressions', () => {
  it.each<[expression: string, time: string, expected: boolean]>([
    ['at(2026-11-24T02:00:05)', '2026-11-24T01:00:05Z', true],
    ['at(2026-11-24T02:00:05)', '2026-11-24T01:00:06Z', false],
    ['at(2026-11-24T02:00:05)', '2026-11-24T02:00:05Z', false],
    // A rate starts at the second at which AWS created the schedule.
    ['rate(1 hour)', '2026-11-24T01:23:45Z', true],
  ])('%s in Berlin at %s: %s', (expression, time, expected) => {
    expect(isTime(expression, 'Europe/Berlin', time)).toBe(expected);
  });
});

it('isTimeOf accepts every time at which the embedded Scheduler runs', () => {
  const expressions = [
    'cron(0/7 * * * ? *)',
    'cron(30 2 * * ? *)',
    'cron(0 9 15W * ? *)',
    'cron(5 1 ? * 6L *)',
  ];
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
  const second = fc.integer({ min: Date.UTC(2026, 0) / 1000, max: Date.UTC(2028, 0) / 1000 });
  fc.assert(
    fc.property(
      fc.constantFrom(...expressions),
      fc.constantFrom(...zones),
      second,
      (expression, zone, after) => {
        const dueMs = recurrenceOf(expression, zone).nextMs(after * 1000, 0) ?? Number.NaN;
        expect(isTimeOf(expression, zone, dueMs)).toBe(true);
        expect(isTimeOf(expression, zone, dueMs + 1000)).toBe(false);
      },
    ),
  );
});
