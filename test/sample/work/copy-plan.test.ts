import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copySource } from '../../../sample/work/object-transfer/copy-source.ts';
import { COPY_OBJECT_BYTES, transferEnvironment } from '../../../sample/work/object-transfer/environment.ts';
import { MAX_PARTS, partRanges } from '../../../sample/work/object-transfer/part-ranges.ts';

describe('copySource', () => {
  it.each([
    ['plain.csv', 'b/plain.csv'],
    ['a b+c%20d', 'b/a%20b%2Bc%2520d'],
    ['../x/./y//z/', 'b/../x/./y//z/'],
    ['/lead', 'b//lead'],
    ['é', 'b/%C3%A9'],
    ['k?versionId=1#f', 'b/k%3FversionId%3D1%23f'],
    ["it's(*)!", 'b/it%27s%28%2A%29%21'],
    ['a\\b"c&d', 'b/a%5Cb%22c%26d'],
  ])('%j becomes %j', (key, expected) => {
    expect(copySource('b', key)).toBe(expected);
  });

  it('decodes to the exact key with both meanings of a plus, and contains only safe characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (key) => {
        fc.pre(key.isWellFormed());
        const source = copySource('b', key);
        expect(source).toMatch(/^[A-Za-z0-9\-_.~/%]+$/);
        expect(decodeURIComponent(source)).toBe(`b/${key}`);
      }),
    );
  });
});

describe('partRanges', () => {
  it('cover every byte once, in order, in at most 10,000 parts', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60_000 }),
        fc.integer({ min: 1, max: 9_000 }),
        (bytes, wanted) => {
          const ranges = partRanges(bytes, wanted);
          expect(ranges.length).toBeLessThanOrEqual(MAX_PARTS);
          ranges.forEach((range, index) => {
            expect(range.number).toBe(index + 1);
            expect(range.first).toBe(index === 0 ? 0 : (ranges[index - 1]?.last ?? 0) + 1);
            expect(range.last).toBeGreaterThanOrEqual(range.first);
          });
          expect(ranges.at(-1)?.last).toBe(bytes - 1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('have the requested size while at most 10,000 parts are needed', () => {
    expect(partRanges(25, 10)).toEqual([
      { number: 1, first: 0, last: 9 },
      { number: 2, first: 10, last: 19 },
      { number: 3, first: 20, last: 24 },
    ]);
    expect(partRanges(10_000, 1)).toHaveLength(10_000);
    expect(partRanges(10_001, 1)).toHaveLength(5_001);
  });
});

describe('transferEnvironment', () => {
  const buckets = { SOURCE_BUCKET: 'from', DESTINATION_BUCKET: 'into' };
  it('uses the limit of S3 by default', () => {
    expect(transferEnvironment.parse(buckets)).toMatchObject({ SINGLE_COPY_LIMIT_BYTES: COPY_OBJECT_BYTES });
  });
  it.each([
    {},
    { ...buckets, SINGLE_COPY_LIMIT_BYTES: String(COPY_OBJECT_BYTES + 1) },
    { ...buckets, PART_BYTES: '0' },
  ])('refuses %j', (values) => {
    expect(transferEnvironment.safeParse(values).success).toBe(false);
  });
});
