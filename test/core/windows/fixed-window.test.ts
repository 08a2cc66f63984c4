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

describe('the window of a day', () => {
  test.each<[string, string, string, string, string, string | undefined]>([
    ['an ordinary day', '2026-11-23', '22:00', '23:30', berlin, '2026-11-23T21:00 2026-11-23T22:30'],
    ['over midnight', '2026-11-23', '22:00', '02:00', berlin, '2026-11-23T21:00 2026-11-24T01:00'],
    ['until midnight', '2026-11-23', '22:00', '00:00', berlin, '2026-11-23T21:00 2026-11-23T23:00'],
    ['all day', '2026-11-23', '00:00', '00:00', 'UTC', '2026-11-23T00:00 2026-11-24T00:00'],
    [
      'a quarter of an hour off',
      '2026-11-23',
      '01:00',
      '02:00',
      'Asia/Kathmandu',
      '2026-11-22T19:15 2026-11-22T20:15',
    ],
    // Put forward: Berlin 02:00 -> 03:00 on 2027-03-28, at 01:00 UTC.
    ['gap: around it', '2027-03-28', '01:00', '04:00', berlin, '2027-03-28T00:00 2027-03-28T02:00'],
    ['gap: opens in it', '2027-03-28', '02:30', '04:00', berlin, '2027-03-28T01:00 2027-03-28T02:00'],
    ['gap: closes in it', '2027-03-28', '01:00', '02:30', berlin, '2027-03-28T00:00 2027-03-28T01:00'],
    [
      'gap: opens where it begins',
      '2027-03-28',
      '02:00',
      '04:00',
      berlin,
      '2027-03-28T01:00 2027-03-28T02:00',
    ],
    [
      'gap: closes where it ends',
      '2027-03-28',
      '01:00',
      '03:00',
      berlin,
      '2027-03-28T00:00 2027-03-28T01:00',
    ],
    ['gap: wholly in it', '2027-03-28', '02:10', '02:50', berlin, undefined],
    [
      'gap: over midnight into it',
      '2027-03-27',
      '22:00',
      '02:30',
      berlin,
      '2027-03-27T21:00 2027-03-28T01:00',
    ],
    ['gap: New York', '2027-03-14', '02:30', '05:00', newYork, '2027-03-14T07:00 2027-03-14T09:00'],
    ['gap of half an hour', '2026-10-04', '02:15', '03:00', lordHowe, '2026-10-03T15:30 2026-10-03T16:00'],
    // Put back: Berlin 03:00 -> 02:00 on 2026-10-25, at 01:00 UTC.
    ['overlap: around it', '2026-10-25', '01:00', '04:00', berlin, '2026-10-24T23:00 2026-10-25T03:00'],
    [
      'overlap: opens in it, the second time',
      '2026-10-25',
      '02:30',
      '04:00',
      berlin,
      '2026-10-25T01:30 2026-10-25T03:00',
    ],
    [
      'overlap: closes in it, the first time',
      '2026-10-25',
      '01:00',
      '02:30',
      berlin,
      '2026-10-24T23:00 2026-10-25T00:30',
    ],
    ['overlap: wholly in it', '2026-10-25', '02:10', '02:50', berlin, '2026-10-25T01:10 2026-10-25T01:50'],
    [
      'overlap: opens where it begins',
      '2026-10-25',
      '02:00',
      '03:00',
      berlin,
      '2026-10-25T01:00 2026-10-25T02:00',
    ],
    [
      'overlap: over midnight into it',
      '2026-10-24',
      '23:00',
      '02:30',
      berlin,
      '2026-10-24T21:00 2026-10-25T00:30',
    ],
    ['overlap: New York', '2026-11-01', '01:30', '03:00', newYork, '2026-11-01T06:30 2026-11-01T08:00'],
    [
      'overlap of half an hour',
      '2027-04-04',
      '01:45',
      '03:00',
      lordHowe,
      '2027-04-03T15:15 2027-04-03T16:30',
    ],
    // Samoa went over the date line and had no 30 December 2011.
    ['a day that was left out', '2011-12-30', '09:00', '17:00', 'Pacific/Apia', undefined],
    [
      'the night before it',
      '2011-12-29',
      '22:00',
      '02:00',
      'Pacific/Apia',
      '2011-12-30T08:00 2011-12-30T10:00',
    ],
    ['the day after it', '2011-12-31', '09:00', '17:00', 'Pacific/Apia', '2011-12-30T19:00 2011-12-31T03:00'],
  ])('%s', (_what, day, opens, closes, timeZone, expected) => {
    expect(on(day, daily(opens, closes, timeZone))).toBe(expected);
  });

  test('is none where the rule leaves the day out', () => {
    const rule = { ...daily('22:00', '02:00', berlin), days: ['saturday' as const] };
    expect([on('2026-11-27', rule), on('2026-11-28', rule)]).toEqual([
      undefined,
      '2026-11-28T21:00 2026-11-29T01:00',
    ]);
  });
});

describe('fixed windows', () => {
  const weekend: FixedHours = { ...daily('22:00', '02:00', berlin), days: ['saturday'] };

  test.each([
    ['before it opens', '2026-11-28T20:59:59Z', '2026-11-28T21:00'],
    ['while it is open, although it opened yesterday', '2026-11-29T00:59:59Z', '2026-11-28T21:00'],
    ['when it closes', '2026-11-29T01:00:00Z', '2026-12-05T21:00'],
  ])('begin with the present or the next one: %s', (_what, now, opens) => {
    const [first] = fixedWindows(weekend, Date.parse(now));
    expect(first && utc(first.opensAtMs)).toBe(opens);
  });

  test('leave out what daylight saving empties', () => {
    const rule: FixedHours = { ...daily('02:10', '02:50', berlin), days: ['sunday'] };
    const opens = [...fixedWindows(rule, Date.UTC(2027, 2, 21, 12))].map(({ opensAtMs }) => utc(opensAtMs));
    expect(opens[0]).toBe('2027-04-04T00:10');
  });
});

describe('every instant inside a window', () => {
  const zones = Intl.supportedValuesOf('timeZone');
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
  const days = fc.subarray([...WEEKDAYS], { minLength: 1 });

  /** Days around changes of the zone's clocks; a random day seldom is one. */
  function daysOfChange(zone: string, year: number): Temporal.PlainDate[] {
    const found: Temporal.PlainDate[] = [];
    let at = Temporal.ZonedDateTime.from(`${year}-01-01T00:00[${zone}]`).getTimeZoneTransition('next');
    for (; at !== null && at.year <= year; at = at.getTimeZoneTransition('next'))
      found.push(at.toPlainDate());
    return found.flatMap((day) => [-1, 0, 1].map((offset) => day.add({ days: offset })));
  }

  const at = (ms: number, zone: string) =>
    Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone);

  /** The rule, in other words than the code's: what the clock on the wall says at that moment. */
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

  test('has a local time inside, on a day that is allowed, whatever the zone’s clocks do', () => {
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

test('an ordinary day’s length', () => {
  expect(
    [daily('22:00', '02:00', 'UTC'), daily('09:00', '17:30', 'UTC'), daily('00:00', '00:00', 'UTC')].map(
      ordinarySeconds,
    ),
  ).toEqual([14_400, 30_600, 86_400]);
});
