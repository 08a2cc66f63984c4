import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../../../packages/local/stepfunctions/definition/parse-definition.ts';
import { machine } from '../harness.ts';

const waitFor = (timestamp: string) => () =>
  parseDefinition(machine({ Rest: { Type: 'Wait', Timestamp: timestamp, End: true } }));

// https://states-language.net/spec.html#timestamps and https://www.rfc-editor.org/rfc/rfc3339#section-5.6
describe('a literal Timestamp', () => {
  it.each([
    ['a space instead of T', '2016-12-05 21:29:29Z'],
    ['no offset', '2016-12-05T21:29:29'],
    ['a 13th month', '2016-13-05T21:29:29Z'],
    ['a 25th hour', '2016-12-05T25:29:29Z'],
    ['the day first', '05-12-2016T21:29:29Z'],
    ['the 30th of February', '2026-02-30T00:00:00Z'],
    ['the 29th of February of another year', '2026-02-29T00:00:00Z'],
    ['the hour 24', '2026-02-03T24:00:00Z'],
    ['the minute 60', '2026-02-03T00:60:00Z'],
    ['a leap second', '2016-12-31T23:59:60Z'],
    ['no seconds', '2016-12-05T21:29Z'],
    ['a lowercase t', '2016-12-05t21:29:29Z'],
    ['a lowercase z', '2016-12-05T21:29:29z'],
    ['an offset of 25 hours', '2026-11-23T10:00:05+25:00'],
    ['an offset of 24 hours', '2026-11-23T10:00:05-24:00'],
    ['an offset that no place has', '2026-11-23T10:00:05+18:01'],
    ['an offset of 60 minutes', '2026-11-23T10:00:05+01:60'],
    ['an offset without minutes', '2026-11-23T10:00:05+01'],
    ['only a date', '2026-11-23'],
    ['words', 'tomorrow'],
    ['nothing', ''],
  ])('with %s is refused', (_what, timestamp) => {
    expect(waitFor(timestamp)).toThrow(
      `SCHEMA_VALIDATION_FAILED: String does not match RFC3339 timestamp at /States/Rest/Timestamp. It is '${timestamp}'; `,
    );
  });

  it.each([
    '2016-12-05T21:29:29Z',
    '2024-02-29T00:00:00Z',
    '2026-11-23T10:00:05.123456789Z',
    '2026-11-23T10:00:05+18:00',
    '2026-11-23T10:00:05-00:00',
    '0001-01-01T00:00:00Z',
    '{% $states.input.at %}',
  ])('%s is accepted', (timestamp) => {
    expect(waitFor(timestamp)).not.toThrow();
  });
});
