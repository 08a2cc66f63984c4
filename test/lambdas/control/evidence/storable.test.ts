import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from 'taskbound-evidence/canonical-json/digest';
import { ANSWER_DEPTH, storageFault } from '../../../../lambdas/control/evidence/storable.ts';

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

describe('storageFault', () => {
  test.each([
    [undefined, nested(ANSWER_DEPTH)],
    [/more than 24 levels/, nested(ANSWER_DEPTH + 1)],
    [undefined, [0, -0, 1e-130, -1e-130, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 0.1]],
    [/the number 9007199254740992/, { a: [Number.MAX_SAFE_INTEGER + 1] }],
    [/the number -1e\+21/, -1e21],
    [/the number 1e-131/, 1e-131],
    [undefined, ['', '\u0000', '\u{1F600}', 'ÿ']],
    [/half of a surrogate pair/, ['\ud83d']],
    [/half of a surrogate pair/, { '\ude00': 1 }],
    [/the key ""/, { a: { '': 1 } }],
    [/the key "__proto__"/, JSON.parse('{"__proto__":1}')],
    [undefined, undefined],
    [undefined, null],
  ])('%s', (fault, answer) => {
    const found = storageFault(answer);
    if (fault === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(fault);
  });

  test('accepts only values that can be hashed and that are equal when they are read back', () => {
    const text = fc.array(fc.constantFrom('a', '\u00ff', '\u{1F600}', '\ud83d', '\ude00'), { maxLength: 3 });
    fc.assert(
      fc.property(fc.jsonValue(), text, (value, parts) => {
        const answer = { value, text: parts.join(''), [`k${parts.join('')}`]: 1 };
        if (storageFault(answer) !== undefined) return;
        const canonical = canonicalJson(answer);
        expect(canonicalJson(JSON.parse(Buffer.from(canonical).toString('utf8')))).toBe(canonical);
      }),
    );
  });
});
