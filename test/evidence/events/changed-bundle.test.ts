import { readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { taskFacts } from '../../../packages/evidence/audit/task-facts.ts';
import { chainEvent, evidenceBundle, type EvidenceBundle } from 'taskbound-evidence/chain/evidence';
import { controlsMap } from '../../../packages/evidence/controls/controls.ts';
import { parseEvents } from 'taskbound-evidence/events/parse-events';
import { taskRecord } from 'taskbound-evidence/events/task-record';
import { reportPage } from '../../../packages/evidence/report/page.ts';
import { reportSubject } from '../../../packages/evidence/report/subject.ts';
import { verification } from '../../../packages/evidence/report/verification.ts';
import { readPublicKey } from 'taskbound-evidence/signature/evidence-key';
import { verifyBundle } from 'taskbound-evidence/signature/verify';
import { renderTimeline } from 'taskbound-evidence/timeline/timeline';
import { bundleOf } from '../../fixtures/signed-bundle.ts';
import { changeAt, pathsOf } from './change.ts';

/** A bundle that version 0.1 wrote, and its key. */
const FIXTURE = new URL('../../fixtures/bundle-v0.1/', import.meta.url);
const NAME = readdirSync(FIXTURE).find((each) => each.endsWith('.evidence.json')) ?? '';
const BUNDLE: EvidenceBundle = evidenceBundle.parse(JSON.parse(readFileSync(new URL(NAME, FIXTURE), 'utf8')));
const KEY = readPublicKey(readFileSync(new URL('taskbound.pub.pem', FIXTURE), 'utf8'));
if (typeof KEY === 'string') throw new Error(KEY);

/** Values that a reader could take for right ones, and others. */
const VALUE = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    '2026-11-23T10:00:00Z',
    '0'.repeat(64),
    'refused',
    'expired',
    'unknown',
    'succeeded',
    1,
    2,
    null,
  ),
);

/** One event with one place changed. */
const CHANGED = fc
  .constantFrom(...BUNDLE.events.keys())
  .chain((index) => {
    const event = BUNDLE.events[index];
    return fc.tuple(fc.constant(index), fc.constantFrom(...pathsOf(event)), VALUE);
  })
  .map(([index, place, value]) => ({ index, event: changeAt(BUNDLE.events[index], place, value) }));

/** Everything that reads a bundle's events; nothing of it may throw. */
function readAll(bundle: EvidenceBundle): void {
  const parsed = parseEvents(bundle.events);
  expect(parsed.events.length + parsed.faults.length).toBe(bundle.events.length);
  for (const { path, problem } of parsed.faults) expect([path === '', problem]).not.toEqual([true, '']);
  const verified = verifyBundle(bundle);
  expect(reportPage(reportSubject(bundle, verification(bundle, undefined), undefined))).toContain('</html>');
  expect(controlsMap(bundle, taskRecord(parsed)).headHash).toBe(bundle.events.at(-1)?.hash);
  expect(renderTimeline(bundle, parsed, verified, null)).toContain('Chain: ');
  expect(taskFacts(bundle.boundaryId, bundle.events).boundaryId).toBe(bundle.boundaryId);
}

test('a changed event is an equal event, a schema fault with its path, or a bundle that does not verify', () => {
  fc.assert(
    fc.property(CHANGED, ({ index, event }) => {
      const changed = { ...BUNDLE, events: BUNDLE.events.map((each, at) => (at === index ? event : each)) };
      const isEqual = isDeepStrictEqual(event, BUNDLE.events[index]);
      const { verdict, fault } = verifyBundle(changed, KEY);
      expect(verdict).toBe(isEqual ? 'verified' : 'wrong');
      expect(fault === null).toBe(isEqual);
      const form = evidenceBundle.safeParse(changed);
      if (form.success) readAll(form.data);
      else expect(form.error.issues[0]?.path.slice(0, 2)).toEqual(['events', index]);
    }),
    { numRuns: 150 },
  );
});

/** What a forger with a key of their own can write: a chain that holds, around any data. */
test('a chain that was made again around a changed event is read without an exception', () => {
  fc.assert(
    fc.property(CHANGED, ({ index, event }) => {
      const form = evidenceBundle.safeParse({ ...BUNDLE, events: [event] });
      const [draft] = form.success ? form.data.events : [];
      if (draft === undefined) return;
      const events = BUNDLE.events
        .map((each, at) => (at === index ? draft : each))
        .reduce<EvidenceBundle['events']>(
          (chain, each) => [...chain, chainEvent(BUNDLE.boundaryId, chain.at(-1), each, Date.parse(each.at))],
          [],
        );
      readAll(bundleOf(BUNDLE.boundaryId, events));
    }),
    { numRuns: 100 },
  );
});
