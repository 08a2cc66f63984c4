import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  chainEvent,
  chainFault,
  type ChainDraft,
  type ChainedEvent,
} from 'taskbound-evidence/chain/evidence';
import { EVENT_TYPES } from 'taskbound-evidence/events/event';
import { secretName } from 'taskbound-evidence/names/ids';
import { eventIn, issued, itemOf, lookupOf } from 'taskbound-evidence/lookup/lookup';
import { copiedSecretName } from 'taskbound-evidence/names/secret-id';

const BOUNDARY = 'object-transfer.nightly-1';
const AT_MS = Date.UTC(2026, 10, 24, 10);

const chainOf = (...drafts: readonly Pick<ChainDraft, 'type' | 'data'>[]): ChainedEvent[] =>
  drafts.reduce<ChainedEvent[]>((events, draft, index) => {
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

it('finds who made a secret', () => {
  const [session, made] = chainOf(
    { type: 'identity.issued', data: { accessKeyId: 'ASIAX', sessionSecretName: 's' } },
    { type: 'secret.issued', data: { secretName: 'j' } },
  );
  if (session === undefined || made === undefined) throw new Error('no events');
  const found = ['s', 'j', 'other'].map((name) => [session, made].map(issued(name)));
  expect(found).toEqual([
    [true, false],
    [false, true],
    [false, false],
  ]);
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
          expect(copiedSecretName(arn + id)).toBe(name);
    }),
  );
});
