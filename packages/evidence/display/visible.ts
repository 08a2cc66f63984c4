/**
 * How texts of others are put on a screen: by every command and by the report.
 *
 * The rule: a character is shown as itself only if it is in a fixed set, in which no character looks like another one or like several others.
 * Every other character is shown as `\u{…}` with its code point, the line feed, the carriage return and the tab as `\n`, `\r` and `\t`, and the
 * backslash as `\\`. So nothing is invisible, nothing reorders the text around it, and no two different texts are shown as the same text.
 *
 * The set consists of
 * - printable ASCII. A space is shown as itself only between two other characters: at the ends of a text, and beside another space, its number
 *   could not be seen;
 * - the Latin letters of U+00C0 to U+017F, without those that Unicode's `confusables.txt` lists as similar to others (such as U+0131 and U+00C6), the
 *   double acute (similar to the diaeresis), and U+00D8 (a zero with a stroke);
 * - Hiragana, Katakana, Han (U+4E00 to U+9FFF) and Hangul syllables, without those that `confusables.txt` lists as similar to others.
 *
 * Values in two scripts are not treated differently: the scripts of the set can be told apart, and mixing them is usual ("Highly
 * Restrictive" in UTS #39). What is not in the set, and why:
 * - Cyrillic, Greek, Armenian and others: whole words can be written with letters that look like Latin ones (whole-script confusables);
 * - full-width forms, ligatures and mathematical letters, which NFKC changes;
 * - combining marks, because `e` and U+0301 look like U+00E9, and a repeated mark cannot be seen;
 * - scripts that run from right to left, because they reorder the text around them (UAX #9), as bidirectional controls do;
 * - digits and punctuation outside ASCII, spaces, controls, variation selectors, tags, unassigned and private characters.
 *
 * Within ASCII, `l`, `I`, `1` and `|`, `O` and `0`, or `rn` and `m` depend on the font. They are not escaped.
 *
 * https://www.unicode.org/reports/tr39/#Confusable_Detection, https://www.unicode.org/Public/security/latest/confusables.txt,
 * https://www.unicode.org/reports/tr39/#Restriction_Level_Detection, https://www.unicode.org/reports/tr9/, https://www.unicode.org/reports/tr36/
 */
const SHOWN = [
  // Printable ASCII, without the backslash.
  ' -[\\]-~',
  // Latin letters. Left out: U+00C6 U+00E6 U+0152 U+0153, U+00D0 U+0110, U+00D7 U+00F7, U+00D8, U+0114 U+0115, U+0131, U+0138, U+0150 U+0151 U+0170
  // U+0171, and what NFKC changes.
  '\\u00c0-\\u00c5\\u00c7-\\u00cf\\u00d1-\\u00d6\\u00d9-\\u00e5\\u00e7-\\u00f6\\u00f8-\\u010f\\u0111-\\u0113\\u0116-\\u0130\\u0134-\\u0137',
  '\\u0139-\\u013e\\u0141-\\u0148\\u014a-\\u014f\\u0154-\\u016f\\u0172-\\u017e',
  // Hiragana, Katakana, Han, Hangul.
  '\\u3041-\\u3096\\u30a1-\\u30fa\\u4e00-\\u9fff\\uac00-\\ud7a3',
].join('');

/** Of Hiragana, Katakana and Han: each is similar to another one, or to a slash or a bar. */
const SIMILAR =
  'へべぺヘベペりリイエカガタダトドニノハバパロ丨丶丿二亻併倂値值八力卜口啓啟囗土塡填墫士壿夕媯嬀工帡帲戶戸晚晩朌朏朐朓朘朣杮柿榝樧溈潙研硏絕絶肦胊胐胼' +
  '脁脧腁膧蒍蔿蘷虁訮詽讆讏豜豣赿趆跥跺躗躛軿輧郎郞鎭鎮隷隸鹂鹃黑黒';

const ESCAPED = new RegExp(` {2,}|^ | $|[${SIMILAR}]|[^${SHOWN}]`, 'gu');

const SHORT: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escapeOf = (character: string): string =>
  SHORT[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** A text of others, without quotes: for a cell, a name, a message. */
export const visible = (text: string): string =>
  text.replace(ESCAPED, (found) => Array.from(found, escapeOf).join(''));

/** A text of others in quotes. Its own quotes are escaped. */
export const quoted = (text: string): string => `"${visible(text).replaceAll('"', '\\"')}"`;

/** Characters of names and ids. A name of other characters is quoted, so that it has an end. */
const NAME = /^[\w.:/@+=-]+$/;

/** A name: as it is if it consists of the usual characters of names, and otherwise in quotes. */
export const named = (name: string): string => (NAME.test(name) ? name : quoted(name));

/** A value as JSON, whose texts and keys are shown as `quoted` shows them. With an `indent`, in lines. */
export function jsonText(value: unknown, indent = '', at = ''): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? String(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? '[]' : '{}';
  const inner = at + indent;
  const colon = indent === '' ? ':' : ': ';
  const parts = isList
    ? value.map((each: unknown) => jsonText(each, indent, inner))
    : Object.entries(value)
        .filter(([, each]) => each !== undefined)
        .map(([key, each]) => `${quoted(key)}${colon}${jsonText(each, indent, inner)}`);
  if (parts.length === 0) return `${open}${close}`;
  const [before, between, after] = indent === '' ? ['', ',', ''] : [`\n${inner}`, `,\n${inner}`, `\n${at}`];
  return `${open}${before}${parts.join(between)}${after}${close}`;
}
