import { describe, expect, it } from 'vitest';
import { isTimeZone } from 'taskbound-time/time-zone';

/** Links of the time-zone database (its file `backward`), which `Intl` answers by the name of another zone. */
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
const OTHERWISE = ZONES.flatMap((zone) => [zone.toLowerCase(), zone.toUpperCase()]).filter(
  (zone) => !ZONES.includes(zone),
);

describe('a time zone', () => {
  it('is each name of the time-zone database', () => {
    expect(ZONES.filter((zone) => !isTimeZone(zone))).toEqual([]);
  });

  it('is none of them in other capitals', () => {
    expect(OTHERWISE).toContain('europe/kyiv');
    expect(OTHERWISE.filter(isTimeZone)).toEqual([]);
  });

  it.each([
    ...['', 'Berlin', 'Mars/Olympus', 'Europe/Atlantis', 'Europe/Berlin ', ' Europe/Berlin', '../x'],
    ...['+01:00', '-0800', 'GMT+1', 'UTC+1', 'Etc/GMT+15', 'Z'],
    ...['2026-11-24T01:00:00Z', '2026-11-24T01:00[Europe/Berlin]', 'Europe/Berlin[x]'],
    // Names that ICU has and the database does not.
    ...['ACT', 'IST', 'JST', 'PST', 'Etc/Unknown', 'SystemV/AST4', 'Systemv/AST4', 'systemv/ast4'],
  ])('%j is none', (name) => expect(isTimeZone(name)).toBe(false));
});
