import { expect, it } from 'vitest';
import { verifyBundle } from 'taskbound-evidence/signature/verify';
import { realBundle } from './tampering.ts';

/** All changes of one bit. `tampering.test.ts` tries only some of them. */
it('verification finds every change of one bit of a real bundle that changes its contents', async () => {
  const { bundle, key } = await realBundle();
  const original = JSON.stringify(bundle);
  const bytes = Buffer.from(original);
  expect(verifyBundle(JSON.parse(original), key).verdict).toBe('verified');

  const unseen: string[] = [];
  let tried = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    for (let bit = 1; bit < 256; bit <<= 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ bit;
      const value = parsed(changed);
      if (value === undefined || JSON.stringify(value) === original) continue;
      tried += 1;
      if (verifyBundle(value, key).verdict !== 'wrong') unseen.push(`byte ${at}, bit ${bit}`);
    }
  }
  expect(unseen).toEqual([]);
  expect(tried).toBeGreaterThan(30_000);
});

/** Parses a bundle like the command line, which exits with 2 for a file that is not JSON in UTF-8. */
function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
