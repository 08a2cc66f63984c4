import { quoted } from '../display/visible.ts';
import { SECRET_ARN_TAIL } from '../names/secret-id.ts';

/** Which resources an entry of a policy matches. */
export interface ResourceWords {
  /**
   * `exactly` one; `secret`: the secret with the name `text`, with any random ending; `begins-with`: all that begin with `text`; `pattern`: all
   * that match `text`, which contains wildcards; `everything`.
   */
  readonly reach: 'exactly' | 'secret' | 'begins-with' | 'pattern' | 'everything';
  /** With escaped characters resolved: `${*}` is shown as `*`. A pattern is shown as it is written. */
  readonly text: string;
}

/** `${*}`, `${?}` and `${$}` mean the characters themselves: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars */
const ESCAPED = /\$\{([*?$])\}/g;

/** Whether a policy's text contains wildcards or variables. */
export const isWild = (text: string): boolean => /[*?$]/.test(text.replace(ESCAPED, ''));

const withoutEnd = (text: string, end: string): string | undefined =>
  text.endsWith(end) ? text.slice(0, -end.length) : undefined;

/** What a resource of a policy stands for. Different resources have different words. */
export function resourceWords(resource: string): ResourceWords {
  if (/^\*+$/.test(resource)) return { reach: 'everything', text: resource };
  const literal = resource.replace(ESCAPED, '$1');
  if (!isWild(resource)) return { reach: 'exactly', text: literal };
  const secret = withoutEnd(resource, SECRET_ARN_TAIL);
  if (secret !== undefined && !isWild(secret))
    return { reach: 'secret', text: secret.replace(ESCAPED, '$1') };
  const stem = withoutEnd(resource, '*');
  return stem !== undefined && !isWild(stem)
    ? { reach: 'begins-with', text: stem.replace(ESCAPED, '$1') }
    : { reach: 'pattern', text: resource };
}

/** What stands before a resource's text. */
export const REACH_WORDS: Readonly<Record<ResourceWords['reach'], string>> = {
  exactly: 'exactly',
  secret: 'the secret',
  'begins-with': 'everything that begins with',
  pattern: 'all that match (* any characters, ? one character)',
  everything: 'everything:',
};

const PATTERN_WORDS: Readonly<Record<Exclude<ResourceWords['reach'], 'secret'>, string>> = {
  exactly: '',
  'begins-with': 'anything that begins with ',
  pattern: 'the pattern (* any characters, ? one character) ',
  everything: 'anything: ',
};

/** A value in which `*` and `?` are wildcards. */
export function patternWords(value: string): string {
  const { reach, text } = resourceWords(value);
  return reach === 'secret'
    ? `${PATTERN_WORDS.pattern}${quoted(value)}`
    : `${PATTERN_WORDS[reach]}${quoted(text)}`;
}

/** A value without wildcards. Escaped characters are resolved; a value with variables or other special characters is shown as it is written. */
export const literalText = (value: string): string =>
  isWild(value) ? `${quoted(value)} (as written)` : quoted(value.replace(ESCAPED, '$1'));
