import { expect, test } from 'vitest';
import { listed } from '../../../../lambdas/control/logins/listed.ts';

test('a message names ten of many objects, and the beginning of a long name', () => {
  expect(listed(['a', 'b'])).toBe('a, b');
  expect(listed(Array.from({ length: 12 }, (_, n) => `f${n}`))).toBe(
    'f0, f1, f2, f3, f4, f5, f6, f7, f8, f9 and 2 more',
  );
  expect(listed(['x'.repeat(5_000)])).toHaveLength(200);
});
