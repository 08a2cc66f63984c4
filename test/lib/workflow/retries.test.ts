import { describe, expect, it } from 'vitest';
import { attemptsToOutlast } from '../../../lib/workflow/retries.ts';

describe('attemptsToOutlast', () => {
  it.each([
    ['no time', 0, { first: 1, rate: 2, longest: 30 }, 0],
    ['one wait', 1, { first: 1, rate: 2, longest: 30 }, 1],
    ['exactly 1 + 2 + 4', 7, { first: 1, rate: 2, longest: 30 }, 3],
    ['one second more', 8, { first: 1, rate: 2, longest: 30 }, 4],
    ['a wait at its maximum', 10 + 20 + 20 + 20, { first: 10, rate: 2, longest: 20 }, 4],
  ])('%s', (_name, seconds, wait, attempts) => {
    expect(attemptsToOutlast(seconds, wait)).toBe(attempts);
  });
});
