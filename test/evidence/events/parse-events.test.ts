import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EVENT_TYPES, type Json } from 'taskbound-evidence/events/event';
import { parseEvent, parseEvents } from 'taskbound-evidence/events/parse-events';
import { changeAt, pathsOf } from './change.ts';
import { eventsOfV01, WRITTEN, type Written } from './written.ts';

const written = (type: string): Written => {
  const event = WRITTEN.findLast((each) => each.type === type);
  if (event === undefined) throw new Error(`no ${type}`);
  return event;
};
const withData = (type: string, change: Json): unknown => {
  const event = written(type);
  return { ...event, data: { ...event.data, ...(change as object) } };
};
const without = (type: string, name: string): unknown => {
  const { [name]: _gone, ...data } = written(type).data;
  return { ...written(type), data };
};
const faultOf = (value: unknown) => {
  const parsed = parseEvent(value);
  return 'fault' in parsed ? parsed.fault : undefined;
};

test('events of a bundle of version 0.1 are read, each as it was given', () => {
  const given = eventsOfV01();
  const { events, faults } = parseEvents(given);
  expect(faults).toEqual([]);
  expect(events).toHaveLength(7);
  for (const [index, event] of events.entries()) expect(event).toBe(given[index]);
});

test('an event that cannot be read leaves the others readable, and names itself', () => {
  const [first, second, third] = eventsOfV01();
  const { entries, events, faults } = parseEvents([
    first,
    { ...second, data: { leaseSeconds: 'long' } },
    third,
  ]);
  expect(entries).toEqual([{ event: first }, { fault: faults[0] }, { event: third }]);
  expect(events).toEqual([first, third]);
  expect(faults).toEqual([
    {
      index: 1,
      seq: 2,
      id: 'task.admitted',
      type: 'task.admitted',
      path: 'data.executionArn',
      problem: expect.stringContaining('expected string'),
    },
  ]);
});

describe('faults', () => {
  test.each<readonly [what: string, value: unknown, path: string, problem: RegExp]>([
    ['a text', 'event', '', /expected object/],
    ['null', null, '', /expected object/],
    ['a list', [], '', /expected object/],
    [
      'an unknown type',
      { ...written('task.ended'), type: 'task.paused' },
      'type',
      /^unknown event type "task\.paused"$/,
    ],
    ['a type that is no text', { ...written('task.ended'), type: 7 }, 'type', /expected string/],
    ['a type like a method', { ...written('task.ended'), type: 'constructor' }, 'type', /unknown event type/],
    ['another version', { ...written('task.ended'), v: 2 }, 'v', /expected 1/],
    ['data that is a list', { ...written('task.ended'), data: [] }, 'data', /expected record/],
    [
      'a time without a zone',
      withData('identity.issued', { deadline: '2026-11-23T10:00:00' }),
      'data.deadline',
      /datetime/,
    ],
    [
      'a time with microseconds',
      withData('identity.issued', { deadline: '2026-11-23T10:00:00.000000Z' }),
      'data.deadline',
      /UTC time/,
    ],
    [
      'a time with an offset',
      withData('identity.issued', { deadline: '2026-11-23T10:00:00+01:00' }),
      'data.deadline',
      /datetime/,
    ],
    [
      'a day that does not exist',
      withData('identity.issued', { deadline: '2026-02-30T10:00:00Z' }),
      'data.deadline',
      /datetime/,
    ],
    [
      'a key id that is empty',
      withData('identity.issued', { accessKeyId: '' }),
      'data.accessKeyId',
      /Too small/,
    ],
    ['a lease of no number', withData('identity.issued', { lease: 1.5 }), 'data.lease', /expected int/],
    [
      'another canary',
      withData('identity.issued', { canary: 'refused' }),
      'data.canary',
      /expected "accepted"/,
    ],
    ['a wrong digest', withData('task.admitted', { grantDigest: 'abc' }), 'data.grantDigest', /0-9 a-f/],
    ['another phase', withData('task.ended', { wasIn: 'asleep' }), 'data.wasIn', /expected one of/],
    [
      'a nested wrong type',
      withData('task.requested', { window: { opensAt: 5, closesAt: 6 } }),
      'data.window.opensAt',
      /expected string/,
    ],
    [
      'a wrong field of the deny',
      withData('boundary.revoked', {
        deny: { policyName: 'p', roleName: 'r', until: 'later', effective: true, error: null },
      }),
      'data.deny.until',
      /datetime/,
    ],
    [
      'another word for no deny',
      withData('boundary.revoked', { deny: 'none' }),
      'data.deny',
      /Invalid input/,
    ],
    ['another outcome of work', withData('work.finished', { status: 'paused' }), 'data.status', /./],
    [
      'a use without its action',
      withData('work.finished', { tools: { uses: [{}], count: 1, digest: '' } }),
      'data.tools.uses.0.action',
      /expected string/,
    ],
    [
      'another kind of proof',
      withData('revocation.proven', { proof: 'hoped' }),
      'data.proof',
      /expected one of/,
    ],
    ['a proof without leases', without('revocation.proven', 'leases'), 'data.leases', /expected array/],
    ['a number that has no canonical form', withData('boundary.closed', { secrets: -0 }), '', /-0/],
    ['what JSON cannot hold', { ...written('task.ended'), data: { when: new Date(0) } }, 'data.when', /./],
    ['half of a character', withData('task.ended', { reason: '\ud800' }), '', /surrogate/],
    ['a key that readers treat in different ways', JSON.parse('{"__proto__": {"v": 1}}'), '', /__proto__/],
    [
      'a depth that no stack holds',
      { ...written('task.ended'), data: { deep: deep(100_000) } },
      '',
      /deeper/,
    ],
  ])('%s', (_what, value, path, problem) => {
    expect(faultOf(value)).toMatchObject({ path, problem: expect.stringMatching(problem) });
  });

  test('say the id and the type of what they are about, where it has them', () => {
    expect(faultOf({ ...written('task.ended'), data: {} })).toMatchObject({
      id: 'task.ended',
      type: 'task.ended',
    });
    expect(faultOf({ id: 5, type: [] })).not.toHaveProperty('id');
    expect(faultOf({ id: 5, type: [] })).not.toHaveProperty('type');
  });

  test.each([undefined, null, {}, 'events', 7])('of no list: %j', (list) => {
    expect(parseEvents(list)).toEqual({
      entries: [],
      events: [],
      faults: [{ path: '', problem: 'expected a list of events' }],
    });
  });

  test('cut a long unknown type', () => {
    expect(faultOf({ ...written('task.ended'), type: 'x'.repeat(5000) })?.problem.length).toBeLessThan(150);
  });
});

describe('records of earlier versions', () => {
  test.each([
    ['task.requested', 'executionArn'],
    ['task.requested', 'requester'],
    ['task.requested', 'approvalsNeeded'],
    ['identity.issued', 'after'],
    ['identity.issued', 'sessionSecretReaders'],
  ])('%s may lack %s', (type, name) => expect(faultOf(without(type, name))).toBeUndefined());

  test('tools may lack who reported them, and which tool each was', () => {
    const uses = [{ action: 's3:GetObject', resource: 'r', requestId: '', outcome: 'ok' }];
    expect(faultOf(withData('work.finished', { tools: { uses, count: 1, digest: 'd' } }))).toBeUndefined();
  });
});

function deep(levels: number): unknown {
  let value: unknown = 'inside';
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

describe('a random change', () => {
  const changed = fc
    .constantFrom(...WRITTEN)
    .chain((event) => fc.tuple(fc.constant(event), fc.constantFrom(...pathsOf(event)), fc.anything()))
    .map(([event, place, value]) => ({ place, event: changeAt(event, place, value) }));

  test('is the same object as an event, or a fault with a path, and never an exception', () => {
    fc.assert(
      fc.property(changed, ({ place, event }) => {
        const before = structuredCloneable(event) ? structuredClone(event) : undefined;
        const parsed = parseEvent(event);
        if ('event' in parsed) expect(parsed.event).toBe(event);
        else {
          expect(parsed.fault.problem).not.toBe('');
          expect(isAbout(place, parsed.fault.path)).toBe(true);
        }
        if (before !== undefined) expect(event).toStrictEqual(before);
      }),
      { numRuns: 600 },
    );
  });

  test('of a known field to something of another kind is a fault at that field, or where it leads', () => {
    const known = fc
      .constantFrom(...WRITTEN)
      .chain((event) => fc.tuple(fc.constant(event), fc.constantFrom(...Object.keys(event.data))));
    fc.assert(
      fc.property(known, ([event, name]) => {
        if (name === 'result') return;
        const fault = faultOf({ ...event, data: { ...event.data, [name]: { odd: [true] } } });
        expect(fault?.path).toMatch(new RegExp(`^data\\.${name}(\\.|$)`));
      }),
    );
  });

  test('any value, under any type, has an outcome', () => {
    const any = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });
    fc.assert(
      fc.property(fc.constantFrom(...EVENT_TYPES, 'other'), any, any, (type, data, value) => {
        const event = { ...written('task.ended'), type, data };
        expect(Object.keys(parseEvent(event))).toHaveLength(1);
        expect(Object.keys(parseEvent(value))).toHaveLength(1);
        const { events, faults } = parseEvents([value, event]);
        expect(events.length + faults.length).toBe(2);
      }),
    );
  });
});

function structuredCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}

/** Whether a fault's path leads to the changed place. Another type or status is another form: then it leads to whatever that form has. */
function isAbout(place: readonly (string | number)[], path: string): boolean {
  const changed = place.join('.');
  const isForm = changed === 'type' || changed === 'data.status';
  return (
    isForm || path === '' || `${path}.`.startsWith(`${changed}.`) || `${changed}.`.startsWith(`${path}.`)
  );
}
