import { describe, expect, it } from 'vitest';
import { fillParameters } from '../../../core/schedules/schedule-parameters.ts';

const fill = (template: string, at: string, timeZone = 'UTC') =>
  fillParameters({ key: template }, Date.parse(at), timeZone)['key'];

describe('a scheduled date in a parameter', () => {
  it.each<[string, string, string, string]>([
    ['exports/{date:yyyy-MM-dd}.csv', '2026-11-24T01:00:00Z', 'UTC', 'exports/2026-11-24.csv'],
    ['{date:yyyy}/{date:MM}/{date:dd}', '2026-01-02T00:00:00Z', 'UTC', '2026/01/02'],
    ['{date:yyyyMMdd-HH.mm}', '2026-11-24T00:05:00Z', 'UTC', '20261124-00.05'],
    ['no date, a } too', '2026-11-24T01:00:00Z', 'UTC', 'no date, a } too'],
    // The day in the time zone differs from the day in UTC, in both directions.
    ['{date:yyyy-MM-dd}', '2026-12-31T23:30:00Z', 'Europe/Berlin', '2027-01-01'],
    ['{date:yyyy-MM-dd}', '2027-01-01T03:00:00Z', 'America/New_York', '2026-12-31'],
    // Clocks are put forward at 01:00Z: 02:00 becomes 03:00.
    ['{date:HH:mm}', '2026-03-29T00:59:00Z', 'Europe/Berlin', '01:59'],
    ['{date:HH:mm}', '2026-03-29T01:00:00Z', 'Europe/Berlin', '03:00'],
    // Clocks are put back at 01:00Z: 02:30 occurs twice.
    ['{date:HH:mm}', '2026-10-25T00:30:00Z', 'Europe/Berlin', '02:30'],
    ['{date:HH:mm}', '2026-10-25T01:30:00Z', 'Europe/Berlin', '02:30'],
  ])('fills %s for %s in %s', (template, at, timeZone, expected) => {
    expect(fill(template, at, timeZone)).toBe(expected);
  });

  it('does not change numbers', () => {
    expect(fillParameters({ count: 5 }, 0, 'UTC')).toEqual({ count: 5 });
  });

  it.each([
    '{date:YYYY}',
    '{date:}',
    '{date:dd HH}',
    '{date:-}',
    '{date}',
    '{time:HH}',
    '{date:yyyy',
    '{',
    '{}',
    '{{date:yyyy}}',
    '{date:yyyy-MM-ddTHH}',
  ])('refuses %s with the allowed forms', (template) => {
    expect(() => fill(template, '2026-11-24T01:00:00Z')).toThrow(
      /^Parameter key of a schedule has "\{.*; allowed: \{date:…\} with yyyy, MM, dd, HH, mm/,
    );
  });
});
