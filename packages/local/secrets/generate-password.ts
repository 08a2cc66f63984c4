import { createHash } from 'node:crypto';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html */
export interface PasswordRules {
  readonly length: number;
  readonly excludeCharacters: string;
  readonly excludeLowercase: boolean;
  readonly excludeUppercase: boolean;
  readonly excludeNumbers: boolean;
  readonly excludePunctuation: boolean;
  readonly includeSpace: boolean;
  readonly requireEachIncludedType: boolean;
}

const LOWERCASE = 'abcdefghijklmnopqrstuvwxyz';
const NUMBERS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/** A password of these rules, derived from a seed. Throws `RangeError` if there is none. */
export function generatePassword(rules: PasswordRules, seed: string): string {
  const types = typesOf(rules);
  const required = rules.requireEachIncludedType ? types : [];
  if (types.length === 0 || required.length > rules.length)
    throw new RangeError(
      `no password of ${rules.length} characters has each of its ${types.length} types of characters`,
    );
  const all = types.join('');
  return Array.from({ length: rules.length }, (_, index) => pick(required[index] ?? all, seed, index)).join(
    '',
  );
}

const typesOf = (rules: PasswordRules): readonly string[] =>
  [
    rules.excludeLowercase ? '' : LOWERCASE,
    rules.excludeUppercase ? '' : LOWERCASE.toUpperCase(),
    rules.excludeNumbers ? '' : NUMBERS,
    rules.excludePunctuation ? '' : PUNCTUATION,
    rules.includeSpace ? ' ' : '',
  ]
    .map((type) => [...type].filter((character) => !rules.excludeCharacters.includes(character)).join(''))
    .filter((type) => type !== '');

const pick = (characters: string, seed: string, index: number): string => {
  const number = createHash('sha256').update(`${seed}/${index}`).digest().readUInt32BE();
  return characters.charAt(number % characters.length);
};
