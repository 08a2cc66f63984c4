import { describe, expect, it } from 'vitest';
import { isTimeZone } from 'taskbound-time/time-zone';

/** Links of the time zone database (its file `backward`), which `Intl` resolves to another zone. */
const LINKS = [
  ...['Asia/Kolkata', 'Asia/Calcutta', 'Asia/Ho_Chi_Minh', 'Asia/Saigon', 'Europe/Kyiv', 'Europe/Kiev'],
  ...[
    'America/Nuuk',
    'America/Godthab',
    'US/Pacific',
    'US/East-Indiana',
    'Australia/ACT',
    'Brazil/DeNoronha',
  ],
  ...['Chile/EasterIsland', 'Mexico/BajaNorte', 'Antarctica/DumontDUrville', 'America/Port-au-Prince'],
  ...['Etc/GMT+1', 'Etc/GMT-14', 'Etc/UTC', 'Etc/Zulu', 'UTC', 'UCT', 'GMT', 'GMT0', 'GMT+0', 'Zulu'],
  ...['EST', 'EST5EDT', 'PST8PDT', 'CET', 'W-SU', 'NZ-CHAT', 'GB', 'GB-Eire', 'PRC', 'ROK', 'Eire', 'Cuba'],
];
const ZONES = [...new Set([...Intl.supportedValuesOf('timeZone'), ...LINKS])];
const WRONG_CASE = ZONES.flatMap((zone) => [zone.toLowerCase(), zone.toUpperCase()]).filter(
  (zone) => !ZONES.includes(zone),
);

describe('isTimeZone', () => {
  it('accepts every name of the time zone database', () => {
    expect(ZONES.filter((zone) => !isTimeZone(zone))).toEqual([]);
  });

  it('refuses every name in the wrong case', () => {
    expect(WRONG_CASE).toContain('europe/kyiv');
    expect(WRONG_CASE.filter(isTimeZone)).toEqual([]);
  });

  it.each([
    ...['', 'Berlin', 'Mars/Olympus', 'Europe/Atlantis', 'Europe/Berlin ', ' Europe/Berlin', '../x'],
    ...['+01:00', '-0800', 'GMT+1', 'UTC+1', 'Etc/GMT+15', 'Z'],
    ...['2026-11-24T01:00:00Z', '2026-11-24T01:00[Europe/Berlin]', 'Europe/Berlin[x]'],
    // Names that ICU knows but the database does not contain.
    ...['ACT', 'IST', 'JST', 'PST', 'Etc/Unknown', 'SystemV/AST4', 'Systemv/AST4', 'systemv/ast4'],
  ])('refuses %j', (name) => expect(isTimeZone(name)).toBe(false));
});
