import { expect, it } from 'vitest';
import { elapsed } from '../../cli/elapsed.ts';

it.each([
  [0, '0.0 s'],
  [59_900, '59.9 s'],
  [60_000, '1 min 0 s'],
  [3_600_000, '60 min 0 s'],
])('%d ms is %s', (ms, text) => expect(elapsed(ms)).toBe(text));
