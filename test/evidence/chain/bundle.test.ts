import fc from 'fast-check';
import { expect, test } from 'vitest';
import { archiveKey, boundaryInArchive, bundleText, makeBundle } from 'taskbound-evidence/chain/bundle';
import { chainEvent, evidenceBundle } from 'taskbound-evidence/chain/evidence';
import type { Json } from 'taskbound-evidence/events/event';
import { storageFault } from '../../../lambdas/control/evidence/storable.ts';

const BOUNDARY = 'object-transfer.nightly-1';

/** The same value, with the keys of every map in reverse order. */
const withReversedKeys = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(withReversedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, each]) => [key, withReversedKeys(each)]),
  );
};

test('the text of a bundle does not depend on the order in which a table returns the keys of a map', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
      const values = JSON.parse(JSON.stringify(data)) as Record<string, Json>;
      fc.pre(storageFault(values) === undefined);
      const draft = { id: 'x', type: 'work.finished', actor: 'test', data: values } as const;
      const event = chainEvent(BOUNDARY, undefined, draft, 0);
      const reversed = withReversedKeys(event as unknown as Json) as typeof event;
      const text = bundleText(makeBundle(BOUNDARY, [event]));
      expect(bundleText(makeBundle(BOUNDARY, [reversed]))).toBe(text);
      expect(evidenceBundle.parse(JSON.parse(text)).events).toEqual([event]);
    }),
  );
});

test('the name of an archived bundle contains its stack and its boundary', () =>
  expect(archiveKey('Taskbound', BOUNDARY)).toBe('Taskbound/object-transfer.nightly-1.evidence.json'));

test.each([
  [`Taskbound/${BOUNDARY}.evidence.json`, BOUNDARY],
  [`Taskbound2/${BOUNDARY}.evidence.json`, undefined],
  [`Taskbound/${BOUNDARY}.evidence.json.bak`, undefined],
  [`Taskbound/more/${BOUNDARY}.evidence.json`, undefined],
  ['Taskbound/.evidence.json', undefined],
  [`Taskbound/${BOUNDARY}.review.evidence.json`, undefined],
])('the object %s contains the bundle of %s', (key, boundaryId) =>
  expect(boundaryInArchive('Taskbound', key)).toBe(boundaryId),
);
