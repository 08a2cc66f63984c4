import { expect, it } from 'vitest';
import { describeError, errorMessage } from 'taskbound-evidence/describe-error';

class NamedError extends Error {
  override readonly name = 'Throttling';
}

it.each([
  ['an error', new NamedError('Rate exceeded'), 'Throttling: Rate exceeded', 'Rate exceeded'],
  ['a text', 'gone', 'gone', 'gone'],
  ['nothing', undefined, 'undefined', 'undefined'],
])('describes %s', (_what, thrown, described, message) => {
  expect(describeError(thrown)).toBe(described);
  expect(errorMessage(thrown)).toBe(message);
});
