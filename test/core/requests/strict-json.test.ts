import { describe, expect, test } from 'vitest';
import { MalformedRequest } from 'taskbound-evidence/errors';
import { parseStrictJson } from '../../../core/requests/strict-json.ts';

describe('parseStrictJson', () => {
  test('accepts valid JSON with brackets in strings', () => {
    expect(parseStrictJson('{"a":"}]\\"[{","b":[1]}', 'The request')).toEqual({ a: '}]"[{', b: [1] });
  });

  test.each([
    ['invalid JSON', '{"a":', /The request is not valid JSON/],
    ['a key twice', '{"a":1,\n"a":2}', /contains the key "a" twice \(line 2\)/],
    ['a key twice, spelled differently', '{"a":1,"\\u0061":2}', /contains the key "a" twice/],
    ['the key __proto__', '{"p":{"__proto__":{}}}', /contains the key "__proto__" \(line 1\)/],
    ['a nested key twice', '{"p":{"k":1,"k":1}}', /contains the key "k" twice/],
    ['too many levels', '['.repeat(1_00_000), /nests deeper than 32 levels/],
    ['too many characters', ' '.repeat(262_145), /has 262145 characters; allowed: at most 262144/],
  ])('refuses %s', (_what, text, message) => {
    expect(() => parseStrictJson(text, 'The request')).toThrow(MalformedRequest);
    expect(() => parseStrictJson(text, 'The request')).toThrow(message);
  });

  test.each([
    ['32 levels', `${'['.repeat(32)}${']'.repeat(32)}`],
    ['262,144 characters', `1${' '.repeat(262_143)}`],
  ])('accepts %s', (_what, text) => expect(() => parseStrictJson(text, 'The request')).not.toThrow());

  test('refuses 33 levels', () => {
    expect(() => parseStrictJson(`${'['.repeat(33)}${']'.repeat(33)}`, 'It')).toThrow(/^It nests deeper/);
  });
});
