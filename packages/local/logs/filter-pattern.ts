import { AwsError } from '../gateway/service.ts';

/**
 * Whether a line matches a pattern of plain terms: each term, or quoted phrase, must occur; one with a `-` must not, and of those with a `?` one
 * must. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html. Patterns for JSON and for fields are refused.
 */
export function matchesFilter(pattern: string, message: string): boolean {
  const text = pattern.trim();
  if (/^[{[%]/.test(text))
    throw new AwsError(
      'InvalidParameterException',
      `The embedded AWS does not support the filter pattern ${text}: it supports terms, "phrases", -terms and ?terms.`,
    );
  const terms = [...text.matchAll(/([-?]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map(
    ([, sign = '', phrase, word]) => ({
      sign,
      isIn: message.includes(phrase?.replace(/\\(.)/g, '$1') ?? word ?? ''),
    }),
  );
  const optional = terms.filter(({ sign }) => sign === '?');
  return (
    terms.every(({ sign, isIn }) => sign === '?' || isIn === (sign !== '-')) &&
    (optional.length === 0 || optional.some(({ isIn }) => isIn))
  );
}
