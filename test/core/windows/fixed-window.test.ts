import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, test } from 'vitest';
import {
  fixedWindows,
  ordinarySeconds,
  windowOn,
  type FixedHours,
} from '../../../core/windows/fixed-window.ts';
import { WEEKDAYS } from '../../../core/windows/window-rule.ts';

const daily = (opens: string, closes: string, timeZone: string): FixedHours => ({
  kind: 'fixed',
  days: [...WEEKDAYS],
  opens,
  closes,
  timeZone,
});
const utc = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
const on = (day: string, rule: FixedHours): string | undefined => {
  const window = windowOn(Temporal.PlainDate.from(day), rule);
  return window && `${utc(window.opensAtMs)} ${utc(window.closesAtMs)}`;
};

const [berlin, newYork, lordHowe] = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];

describe('windowOn', () => {
  test.each<[string, string, string, string, string, string | undefined]>([
    ['an ordinary day', '2026-11-23', '22:00', '23:30', berlin, '2026-11-23T21:00 2026-11-23T22:30'],
    ['over midnight', '2026-11-23', '22:00', '02:00', berlin, '2026-11-23T21:00 2026-11-24T01:00'],
    ['until midnight', '2026-11-23', '22:00', '00:00', berlin, '2026-11-23T21:00 2026-11-23T23:00'],
    ['all day', '2026-11-23', '00:00', '00:00', 'UTC', '2026-11-23T00:00 2026-11-24T00:00'],
    [
      'an offset that is not a whole hour',
      '2026-11-23',
      '01:00',
      '02:00',
      'Asia/Kathmandu',
      '2026-11-22T19:15 2026-11-22T20:15',
    ],
    // Clocks are put forward: Berlin 02:00 -> 03:00 on 2027-03-28, at 01:00 UTC.
    [
      'skipped hour inside the window',
      '2027-03-28',
      '01:00',
      '04:00',
      berlin,
      '2027-03-28T00:00 2027-03-28T02:00',
    ],
    [
      'window opens in the skipped hour',
      '2027-03-28',
      '02:30',
      '04:00',
      berlin,
      '2027-03-28T01:00 2027-03-28T02:00',
    ],
    [
      'window closes in the skipped hour',
      '2027-03-28',
      '01:00',
      '02:30',
      berlin,
      '2027-03-28T00:00 2027-03-28T01:00',
    ],
    [
      'window opens at the start of the skipped hour',
      '2027-03-28',
      '02:00',
      '04:00',
      berlin,
      '2027-03-28T01:00 2027-03-28T02:00',
    ],
    [
      'window closes at the end of the skipped hour',
      '2027-03-28',
      '01:00',
      '03:00',
      berlin,
      '2027-03-28T00:00 2027-03-28T01:00',
    ],
    ['window completely in the skipped hour', '2027-03-28', '02:10', '02:50', berlin, undefined],
    [
      'window over midnight closes in the skipped hour',
      '2027-03-27',
      '22:00',
      '02:30',
      berlin,
      '2027-03-27T21:00 2027-03-28T01:00',
    ],
    [
      'window opens in the skipped hour in New York',
      '2027-03-14',
      '02:30',
      '05:00',
      newYork,
      '2027-03-14T07:00 2027-03-14T09:00',
    ],
    [
      'window opens in a skipped half hour',
      '2026-10-04',
      '02:15',
      '03:00',
      lordHowe,
      '2026-10-03T15:30 2026-10-03T16:00',
    ],
    // Clocks are put back: Berlin 03:00 -> 02:00 on 2026-10-25, at 01:00 UTC.
    [
      'repeated hour inside the window',
      '2026-10-25',
      '01:00',
      '04:00',
      berlin,
      '2026-10-24T23:00 2026-10-25T03:00',
    ],
    [
      'window opens in the repeated hour, at the second occurrence',
      '2026-10-25',
      '02:30',
      '04:00',
      berlin,
      '2026-10-25T01:30 2026-10-25T03:00',
    ],
    [
      'window closes in the repeated hour, at the first occurrence',
      '2026-10-25',
      '01:00',
      '02:30',
      berlin,
      '2026-10-24T23:00 2026-10-25T00:30',
    ],
    [
      'window completely in the repeated hour',
      '2026-10-25',
      '02:10',
      '02:50',
      berlin,
      '2026-10-25T01:10 2026-10-25T01:50',
    ],
    [
      'window opens at the start of the repeated hour',
      '2026-10-25',
      '02:00',
      '03:00',
      berlin,
      '2026-10-25T01:00 2026-10-25T02:00',
    ],
    [
      'window over midnight closes in the repeated hour',
      '2026-10-24',
      '23:00',
      '02:30',
      berlin,
      '2026-10-24T21:00 2026-10-25T00:30',
    ],
    [
      'window opens in the repeated hour in New York',
      '2026-11-01',
      '01:30',
      '03:00',
      newYork,
      '2026-11-01T06:30 2026-11-01T08:00',
    ],
    [
      'window opens in a repeated half hour',
      '2027-04-04',
      '01:45',
      '03:00',
      lordHowe,
      '2027-04-03T15:15 2027-04-03T16:30',
    ],
    // Samoa crossed the date line and had no 30 December 2011.
    ['a day that a country skipped', '2011-12-30', '09:00', '17:00', 'Pacific/Apia', undefined],
    [
      'the night before the skipped day',
      '2011-12-29',
      '22:00',
      '02:00',
      'Pacific/Apia',
      '2011-12-30T08:00 2011-12-30T10:00',
    ],
    [
      'the day after the skipped day',
      '2011-12-31',
      '09:00',
      '17:00',
      'Pacific/Apia',
      '2011-12-30T19:00 2011-12-31T03:00',
    ],
  ])('%s', (_what, day, opens, closes, timeZone, expected) => {
    expect(on(day, daily(opens, closes, timeZone))).toBe(expected);
  });

  test('returns nothing for a day that is not in the rule', () => {
    const rule = { ...daily('22:00', '02:00', berlin), days: ['saturday' as const] };
    expect([on('2026-11-27', rule), on('2026-11-28', rule)]).toEqual([
      undefined,
      '2026-11-28T21:00 2026-11-29T01:00',
    ]);
  });
});

describe('fixedWindows', () => {
  const weekend: FixedHours = { ...daily('22:00', '02:00', berlin), days: ['saturday'] };

  test.each([
    ['before it opens', '2026-11-28T20:59:59Z', '2026-11-28T21:00'],
    ['while it is open, although it opened yesterday', '2026-11-29T00:59:59Z', '2026-11-28T21:00'],
    ['when it closes', '2026-11-29T01:00:00Z', '2026-12-05T21:00'],
  ])('starts with the current or the next window: %s', (_what, now, opens) => {
    const [first] = fixedWindows(weekend, Date.parse(now));
    expect(first && utc(first.opensAtMs)).toBe(opens);
  });

  test('skips a window that lies completely in the skipped hour', () => {
    const rule: FixedHours = { ...daily('02:10', '02:50', berlin), days: ['sunday'] };
    const opens = [...fixedWindows(rule, Date.UTC(2027, 2, 21, 12))].map(({ opensAtMs }) => utc(opensAtMs));
    expect(opens[0]).toBe('2027-04-04T00:10');
  });
});

describe('every instant inside a fixed window', () => {
  const zones = Intl.supportedValuesOf('timeZone');
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
  const days = fc.subarray([...WEEKDAYS], { minLength: 1 });

  /** The days around clock changes in the zone. A random day is rarely one of them. */
  function daysOfChange(zone: string, year: number): Temporal.PlainDate[] {
    const found: Temporal.PlainDate[] = [];
    let at = Temporal.ZonedDateTime.from(`${year}-01-01T00:00[${zone}]`).getTimeZoneTransition('next');
    for (; at !== null && at.year <= year; at = at.getTimeZoneTransition('next'))
      found.push(at.toPlainDate());
    return found.flatMap((day) => [-1, 0, 1].map((offset) => day.add({ days: offset })));
  }

  const at = (ms: number, zone: string) =>
    Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);

  /** The rule, written independently of the code: it compares the local time at that instant. */
  function isInside(ms: number, rule: FixedHours): boolean {
    const local = at(ms, rule.timeZone);
    const clock = local.toPlainTime().toString({ smallestUnit: 'second' });
    const [opens, closes] = [`${rule.opens}:00`, `${rule.closes}:00`];
    const allowed = (date: Temporal.PlainDate) =>
      rule.days.includes(WEEKDAYS[date.dayOfWeek - 1] ?? 'monday');
    const today = allowed(local.toPlainDate());
    if (opens < closes) return today && opens <= clock && clock < closes;
    return (
      (today && opens <= clock) || (allowed(local.toPlainDate().subtract({ days: 1 })) && clock < closes)
    );
  }

  test('has a local time inside the rule on an allowed day, also when the clocks change', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 1990, max: 2035 }),
        fc.nat(),
        time,
        time,
        days,
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
          minLength: 4,
          maxLength: 4,
        }),
        (timeZone, year, pick, opens, closes, allowed, places) => {
          const rule: FixedHours = { kind: 'fixed', days: allowed, opens, closes, timeZone };
          const changes = daysOfChange(timeZone, year);
          const day = changes[pick % Math.max(1, changes.length)] ?? Temporal.PlainDate.from(`${year}-06-15`);
          const window = windowOn(day, rule);
          if (window === undefined) return;
          const length = window.closesAtMs - window.opensAtMs;
          expect(length).toBeGreaterThan(0);
          expect(window.opensAtMs % 1000).toBe(0);
          const inside = [0, length - 1000, ...places.map((place) => Math.floor(place * length))];
          for (const offset of inside)
            expect([offset, isInside(window.opensAtMs + offset, rule)]).toEqual([offset, true]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('the length of a window on an ordinary day', () => {
  expect(
    [daily('22:00', '02:00', 'UTC'), daily('09:00', '17:30', 'UTC'), daily('00:00', '00:00', 'UTC')].map(
      ordinarySeconds,
    ),
  ).toEqual([14_400, 30_600, 86_400]);
});
