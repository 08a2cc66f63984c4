import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  chainEvent,
  chainFault,
  EVENT_TYPES,
  type EventDraft,
  type EvidenceEvent,
} from '../../core/evidence.ts';
import { secretName } from '../../core/ids.ts';
import { eventIn, follow, issued, itemOf, lookupOf, nameInSecretId } from '../../core/lookup.ts';

const BOUNDARY = 'object-transfer.nightly-1';
const AT_MS = Date.UTC(2026, 10, 24, 10);

const chainOf = (...drafts: readonly Pick<EventDraft, 'type' | 'data'>[]): EvidenceEvent[] =>
  drafts.reduce<EvidenceEvent[]>((events, draft, index) => {
    const named = { ...draft, id: `${draft.type}:${index}`, actor: 'test' };
    return [...events, chainEvent(BOUNDARY, events.at(-1), named, AT_MS)];
  }, []);

describe('where an event is looked up', () => {
  it.each([
    ['task.requested', { requester: 'ann' }, 'requester#ann'],
    [
      'task.requested',
      { requester: 'arn:aws:scheduler:x', schedule: 'Nightly' },
      'requester#schedule/Nightly',
    ],
    ['task.requested', { reason: 'before people were named' }, undefined],
    ['approval.granted', { person: 'bob' }, 'approver#bob'],
    ['approval.refused', { person: 'bob' }, 'approver#bob'],
    ['review.decided', { person: 'bob' }, 'approver#bob'],
    ['identity.issued', { accessKeyId: 'ASIAX', person: 'bob' }, 'key#ASIAX'],
    ['identity.issued', { accessKeyId: '' }, undefined],
    ['identity.issued', { accessKeyId: 7 }, undefined],
    ['task.ended', { person: 'bob' }, undefined],
    ['attempt.refused', { person: 'bob' }, undefined],
  ] as const)('%s with %j: %s', (type, data, lookup) => expect(lookupOf({ type, data })).toBe(lookup));
});

test('an item gives its event back, whatever is in it, and the hash knows nothing of the index', () => {
  const data = fc.dictionary(
    fc.constantFrom('requester', 'schedule', 'person', 'accessKeyId', 'lookup', 'other'),
    fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
  );
  fc.assert(
    fc.property(fc.constantFrom(...EVENT_TYPES), data, (type, values) => {
      const [event] = chainOf({ type, data: values });
      if (event === undefined) throw new Error('no event');
      const item = itemOf(event);
      expect(eventIn(item)).toEqual(event);
      expect(chainFault(BOUNDARY, [eventIn(item)])).toBeUndefined();
      expect(item.lookup).toBe(lookupOf(event));
    }),
  );
});

test('what is no event is not taken for one', () => {
  const [event] = chainOf({ type: 'task.requested', data: {} });
  expect(() => eventIn({ ...event, other: 1 })).toThrow(/other/);
});

describe('what the evidence says to a pointer', () => {
  const chain = chainOf(
    { type: 'task.requested', data: { requester: 'ann' } },
    { type: 'identity.issued', data: { accessKeyId: 'ASIAX', sessionSecretName: 's' } },
    { type: 'secret.issued', data: { secretName: 'j' } },
  );
  const means = (event: EvidenceEvent) => lookupOf(event) === 'key#ASIAX';
  const pointer = { boundaryId: BOUNDARY, seq: 2, means };

  it('is the event, when it says so', () => expect(follow(pointer, chain)).toEqual({ event: chain[1] }));

  it.each([
    ['no evidence', pointer, [], 'it has no evidence'],
    ['another event there', { ...pointer, seq: 1 }, chain, 'its event 1 does not say so'],
    ['an event behind its end', { ...pointer, seq: 9 }, chain, 'its event 9 does not say so'],
    [
      'no event that says so',
      { boundaryId: BOUNDARY, means: issued('other') },
      chain,
      'no event of it says so',
    ],
  ])('%s is a fault', (_what, asked, events, fault) => expect(follow(asked, events)).toEqual({ fault }));

  it('is believed in a whole chain only', () => {
    const changed = chain.map((event) =>
      event.seq === 1 ? { ...event, data: { requester: 'eve' } } : event,
    );
    expect(follow(pointer, changed)).toEqual({
      event: chain[1],
      fault: 'its chain does not hold: event 1 (task.requested) was changed: its hash differs',
    });
  });

  it('finds who made a secret', () => {
    const of = (name: string) => follow({ boundaryId: BOUNDARY, means: issued(name) }, chain).event?.seq;
    expect([of('s'), of('j')]).toEqual([2, 3]);
  });
});

test('a secret is named by its ARN, its name, or its name with six characters more', () => {
  const name = secretName(
    { stack: 'Task-bound', taskType: 'object-transfer', boundaryId: BOUNDARY, nonce: '0'.repeat(32) },
    'receiptKey',
  );
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9]{6}$/), (tail) => {
      for (const id of [name, `${name}-${tail}`])
        for (const arn of ['', 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:'])
          expect(nameInSecretId(arn + id)).toBe(name);
    }),
  );
});
