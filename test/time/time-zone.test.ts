import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isTimeZone } from 'taskbound-time/time-zone';
import { TIME_ZONE_DATABASE, TIME_ZONE_NAMES } from '../../packages/time/time-zone-names.ts';

const installed: { readonly version: string; readonly zones: Readonly<Record<string, unknown>> } = JSON.parse(
  readFileSync(new URL(import.meta.resolve('tzdata')), 'utf8'),
);

/** Every name of the database, except the zone of a machine that was never set up. */
const NAMES = Object.keys(installed.zones).filter((name) => name !== 'Factory');
const isName = new Set(NAMES);

/** The name with other capitals: none, only capitals, and each word and each character changed alone. */
const otherCapitals = (name: string): string[] =>
  [
    name.toLowerCase(),
    name.toUpperCase(),
    name.replace(/[A-Za-z]+/g, (word) => `${word.charAt(0).toUpperCase()}${word.slice(1).toLowerCase()}`),
    ...[...name].map((character, at) => `${name.slice(0, at)}${inverted(character)}${name.slice(at + 1)}`),
  ].filter((spelling) => !isName.has(spelling));

const inverted = (character: string): string =>
  character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase();

describe('isTimeZone', () => {
  it('accepts every name of the time zone database', () => {
    expect(NAMES.length).toBeGreaterThan(590);
    expect(NAMES.filter((name) => !isTimeZone(name))).toEqual([]);
  });

  it('accepts every zone that Node.js lists', () => {
    expect(Intl.supportedValuesOf('timeZone').filter((name) => !isTimeZone(name))).toEqual([]);
  });

  it('refuses every name with other capitals', () => {
    const wrong = NAMES.flatMap(otherCapitals);
    for (const name of ['asia/kolkata', 'europe/kyiv', 'us/pacific', 'gmt', 'Gmt', 'nz-chat', 'Est'])
      expect(wrong).toContain(name);
    expect(wrong.filter(isTimeZone)).toEqual([]);
  });

  it.each(['Asia/Kolkata', 'Asia/Calcutta', 'Europe/Kyiv', 'US/Pacific', 'GMT', 'UTC', 'Etc/GMT+1', 'W-SU'])(
    'accepts %j',
    (name) => expect(isTimeZone(name)).toBe(true),
  );

  it.each([
    ...['', 'Berlin', 'Mars/Olympus', 'Europe/Atlantis', 'Europe/Berlin ', ' Europe/Berlin', '../x'],
    ...['+01:00', '-0800', 'GMT+1', 'UTC+1', 'Etc/GMT+15', 'Z', 'Factory'],
    ...['2026-11-24T01:00:00Z', '2026-11-24T01:00[Europe/Berlin]', 'Europe/Berlin[x]'],
    // Names that ICU knows but the database does not contain.
    ...['ACT', 'IST', 'JST', 'PST', 'Etc/Unknown', 'SystemV/AST4', 'Systemv/AST4', 'US/Pacific-New'],
  ])('refuses %j', (name) => expect(isTimeZone(name)).toBe(false));

  it('knows the names of the installed tzdata (else run node scripts/generate-time-zone-names.ts)', () => {
    expect(TIME_ZONE_DATABASE).toBe(installed.version);
    expect(TIME_ZONE_NAMES).toEqual(Object.keys(installed.zones).sort());
  });
});
