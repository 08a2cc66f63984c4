import { expect, expectTypeOf, test } from 'vitest';
import { EVENT_TYPES, evidenceEvent, type EventData, type EventDraft } from 'taskbound-evidence/events/event';
import { unknownKeys } from './known-keys.ts';
import { WRITTEN } from './written.ts';

test('every type has a schema, and an event here', () => {
  expect(EVENT_TYPES).toHaveLength(17);
  expect(new Set(WRITTEN.map(({ type }) => type))).toEqual(new Set(EVENT_TYPES));
});

test.each(EVENT_TYPES)('%s: what is written matches, and each of its fields has a name', (type) => {
  for (const event of WRITTEN.filter((each) => each.type === type)) {
    expect(evidenceEvent.safeParse(event).error).toBeUndefined();
    expect(unknownKeys(evidenceEvent, event)).toEqual([]);
  }
});

test.each(EVENT_TYPES)('%s: parsing changes nothing, and keeps what it does not know', (type) => {
  for (const event of WRITTEN.filter((each) => each.type === type)) {
    const newer = addedEverywhere(event);
    expect(evidenceEvent.parse(event)).toStrictEqual(event);
    expect(evidenceEvent.parse(newer)).toStrictEqual(newer);
  }
});

/** With an unknown field in every object but those whose fields have no fixed names. */
function addedEverywhere(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((each) => addedEverywhere(each));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, addedEverywhere(inner, key)]);
  const isRecord = ['parameters', 'handle', 'key', 'result'].includes(name);
  return Object.fromEntries(isRecord ? entries : [...entries, ['later', { version: 2 }]]);
}

test('types know the fields of each event, and no others', () => {
  expectTypeOf<EventData<'identity.issued'>['lease']>().toEqualTypeOf<number>();
  expectTypeOf<EventData<'identity.issued'>['after']>().toEqualTypeOf<number | null | undefined>();
  expectTypeOf<EventData<'secret.issued'>['handle']>().toEqualTypeOf<Record<string, string>>();
  expectTypeOf<EventData<'task.rejected'>>().toEqualTypeOf<{ readonly because: string }>();
  expectTypeOf<keyof EventData<'revocation.proven'>['leases'][number]>().toEqualTypeOf<
    'lease' | 'accessKeyId' | 'deadline' | 'proof' | 'refusals'
  >();
  const draft = { id: 'x', type: 'task.rejected', actor: 'admit' } as const;
  expectTypeOf({ ...draft, data: { because: 'too late' } }).toExtend<EventDraft>();
  // @ts-expect-error a field that the event does not have
  const misspelled: EventDraft<'task.rejected'> = { ...draft, data: { because: '', becuase: '' } };
  // @ts-expect-error data of another event
  const mistaken: EventDraft = { ...draft, data: { lease: 1 } };
  expect([misspelled.type, mistaken.type]).toEqual(['task.rejected', 'task.rejected']);
});
