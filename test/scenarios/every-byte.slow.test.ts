import { expect, it } from 'vitest';
import { makeBundle } from '../../core/bundle.ts';
import { stackKey } from '../../cli/evidence-key.ts';
import { Records } from '../../cli/records.ts';
import { verifyBundle } from '../../core/verify.ts';
import { deploy } from './deployed.ts';

/** `tampering.test.ts` tries some of these in every run; here are all of them. */
it('a change of any one bit of a real bundle that changes what it says is found', async () => {
  const sample = await deploy('sample');
  sample.put('source', 'a', Buffer.from('content'));
  const { report } = await sample.run({
    type: 'object-transfer',
    taskId: 'every-byte',
    reason: 'to be tampered with',
    parameters: { sourceKey: 'a', destinationKey: 'b' },
  });
  const { config, outputs } = sample.connection;
  const { events, signed } = await new Records(config, outputs).evidence(report.boundaryId);
  const key = await stackKey(config, outputs);
  const original = JSON.stringify(makeBundle(report.boundaryId, events, signed));
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

/** As the command line reads it: what is not JSON in UTF-8 is no bundle (exit 2). */
function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
