import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText, named, quoted, visible } from '../../../packages/evidence/display/visible.ts';
import { HOSTILE_VALUES } from './hostile-values.ts';

/** Characters that others look like, those that look like them, and any others. fast-check's own unit `binary` takes a second to set up. */
const CHARACTER = fc.oneof(
  fc.constantFrom(...new Set(HOSTILE_VALUES.flatMap(([, value, like]) => [...value, ...like]))),
  fc.constantFrom(' ', '"', '\\', 'u', '{', '}', 'a0', '\n', 'n'),
  fc.integer({ min: 0, max: 0x10ffff }).map((point) => String.fromCodePoint(point)),
);
const TEXT = fc.array(CHARACTER, { maxLength: 8 }).map((parts) => parts.join(''));

/** The text that is shown, read by the rule. Two texts that are shown as the same one would be read as one. */
const read = (shown: string): string =>
  shown.replace(/\\(?:u\{([0-9a-f]+)\}|([nrt\\"]))/g, (_all, point: string | undefined, short: string) =>
    point === undefined
      ? ({ n: '\n', r: '\r', t: '\t' }[short] ?? short)
      : String.fromCodePoint(parseInt(point, 16)),
  );

describe('a hostile value', () => {
  it.each(HOSTILE_VALUES)('%s: it is shown, and not as what it imitates', (_what, value, like, shown) => {
    expect(visible(value)).toBe(shown);
    expect(visible(value)).not.toBe(visible(like));
    expect(quoted(value)).not.toBe(quoted(like));
  });
});

describe('a shown text', () => {
  it.each([
    ['letters of European languages', 'Änderung für Zoë, señor, żółw, říjen'],
    ['Chinese', '密钥轮换'],
    ['Korean', '긴급 수정'],
    ['Hiragana beside Latin letters', 'S3 のための'],
    ['punctuation of ASCII', '!#$%&\'()*+,-./:;<=>?@[]^_`{|}~"'],
  ])('contains %s as they are', (_what, text) => expect(visible(text)).toBe(text));

  it('is one text only: no two different texts are shown alike', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        expect(read(visible(text))).toBe(text);
        expect(read(quoted(text).slice(1, -1))).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  it('contains no character that is invisible, changes the order, or comes from another set', () => {
    fc.assert(
      fc.property(TEXT, (text) => {
        const shown = visible(text);
        expect(shown).toMatch(
          /^[\u0020-\u007e\u00c0-\u017f\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}\p{Script=Hangul}]*$/u,
        );
        expect(shown).not.toMatch(/[[\p{M}\p{C}\p{N}\p{Z}]--[ 0-9]]|^ | $| {2}/v);
        expect(shown.normalize('NFKC')).toBe(shown);
      }),
      { numRuns: 500 },
    );
  });

  it('shows each character of the set in only one way', () => {
    // Of each pair, Unicode's confusables.txt lists both as similar: https://www.unicode.org/Public/security/latest/confusables.txt
    for (const [one, other] of [
      'Đ\u00d0',
      '\u0114Ě',
      '\u0150Ö',
      '\u0131i',
      '工エ',
      '力カ',
      '\u571f\u58eb',
      '\u30ce/',
      '\u4e36\\',
    ])
      expect([one, other].filter((each) => visible(each ?? '') === each).length).toBeLessThan(2);
  });

  it('in quotes ends where the text ends', () => {
    expect(quoted('a" and "b')).toBe('"a\\" and \\"b"');
    expect(quoted('a\\')).toBe('"a\\\\"');
    fc.assert(fc.property(TEXT, (text) => void expect(quoted(text)).toMatch(/^"(?:[^"\\]|\\.)*"$/u)));
  });

  it('is fast for long texts of spaces', () => {
    expect(visible(`a${' '.repeat(100_000)}b`).length).toBe(600_002);
  });
});

describe('a name', () => {
  it.each([
    [
      'arn:aws:sts::111122223333:assumed-role/Requesters/ann',
      'arn:aws:sts::111122223333:assumed-role/Requesters/ann',
    ],
    ['a b', '"a b"'],
    ['a, b', '"a, b"'],
    ['', '""'],
    ['p\u0430y', '"p\\u{430}y"'],
  ])('%s', (name, shown) => expect(named(name)).toBe(shown));
});

describe('a value as JSON', () => {
  it('is what JSON.stringify returns, if all its texts are plain', () => {
    const plain = fc.jsonValue({ stringUnit: fc.constantFrom('a', 'B', '7', '-', '"', '\\', '\n') });
    fc.assert(
      fc.property(plain, (value) => {
        expect(jsonText(value)).toBe(JSON.stringify(value));
        expect(jsonText(value, '  ')).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  it('shows each text and key in it as it is shown alone', () => {
    expect(jsonText({ 'a\u00a0': ['p\u0430y', null, true, -1.5], b: undefined })).toBe(
      '{"a\\u{a0}":["p\\u{430}y",null,true,-1.5]}',
    );
    expect(jsonText(undefined)).toBe('undefined');
    expect(jsonText({}, '  ')).toBe('{}');
  });
});
