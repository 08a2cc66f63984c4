import fc from 'fast-check';
import { expect, test } from 'vitest';
import { archiveKey, boundaryInArchive, bundleText, makeBundle } from 'taskbound-evidence/chain/bundle';
import { chainEvent, evidenceBundle } from 'taskbound-evidence/chain/evidence';
import type { Json } from 'taskbound-evidence/events/event';
import { storageFault } from '../../../lambdas/control/evidence/storable.ts';

const BOUNDARY = 'object-transfer.nightly-1';

/** The same value with the keys of every map in another order. */
const turned = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, turned(each)]),
  );
};

test('a bundle has one text, in whatever order a table gives the keys of its maps', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
      const values = JSON.parse(JSON.stringify(data)) as Record<string, Json>;
      fc.pre(storageFault(values) === undefined);
      const draft = { id: 'x', type: 'work.finished', actor: 'test', data: values } as const;
      const event = chainEvent(BOUNDARY, undefined, draft, 0);
      const other = turned(event as unknown as Json) as typeof event;
      const text = bundleText(makeBundle(BOUNDARY, [event]));
      expect(bundleText(makeBundle(BOUNDARY, [other]))).toBe(text);
      expect(evidenceBundle.parse(JSON.parse(text)).events).toEqual([event]);
    }),
  );
});

test('an archived bundle is named after its stack and its boundary', () =>
  expect(archiveKey('Taskbound', BOUNDARY)).toBe('Taskbound/object-transfer.nightly-1.evidence.json'));

test.each([
  [`Taskbound/${BOUNDARY}.evidence.json`, BOUNDARY],
  [`Taskbound2/${BOUNDARY}.evidence.json`, undefined],
  [`Taskbound/${BOUNDARY}.evidence.json.bak`, undefined],
  [`Taskbound/more/${BOUNDARY}.evidence.json`, undefined],
  ['Taskbound/.evidence.json', undefined],
  [`Taskbound/${BOUNDARY}.review.evidence.json`, undefined],
])('%s is the copy of %s', (key, boundaryId) => expect(boundaryInArchive('Taskbound', key)).toBe(boundaryId));
