import { describe, expect, test } from 'vitest';
import {
  chainEvent,
  chainFault,
  chainedEvent,
  type ChainDraft,
  type ChainedEvent,
} from 'taskbound-evidence/chain/evidence';

const drafts: ChainDraft[] = [
  { id: 'task.requested', type: 'task.requested', actor: 'alice', data: { reason: 'nightly' } },
  { id: 'task.admitted', type: 'task.admitted', actor: 'admit', data: {} },
  { id: 'boundary.closed', type: 'boundary.closed', actor: 'close-boundary', data: { outcome: 'succeeded' } },
];

function chainOf(list: readonly ChainDraft[]): ChainedEvent[] {
  const events: ChainedEvent[] = [];
  for (const [index, draft] of list.entries())
    events.push(chainEvent('t.a1', events.at(-1), draft, Date.UTC(2026, 10, 23) + index));
  return events;
}

const chain = chainOf(drafts);
const changed = (index: number, change: Partial<ChainedEvent>) =>
  chain.map((event, at) => (at === index ? { ...event, ...change } : event));

describe('the evidence chain', () => {
  test('version 1 has exactly these fields, and these bytes', () => {
    expect(chainedEvent.parse(chain[0])).toEqual(chain[0]);
    expect(chain[0]).toEqual({
      v: 1,
      boundaryId: 't.a1',
      seq: 1,
      id: 'task.requested',
      at: '2026-11-23T00:00:00.000Z',
      type: 'task.requested',
      actor: 'alice',
      data: { reason: 'nightly' },
      prevHash: '0'.repeat(64),
      // Computed by hand: printf of the canonical JSON without `hash`, piped into sha256sum.
      hash: 'd858b6155ba26de9c0ed2adf790c11dd76177246d79aa5d8ad3782026a0ffd2c',
    });
  });

  test('verifies when nothing was changed', () => {
    expect(chainFault('t.a1', chain)).toBeUndefined();
  });

  test.each([
    ['a changed datum', changed(0, { data: { reason: 'other' } }), /event 1 \(task.requested\) was changed/],
    ['another boundary', changed(1, { boundaryId: 't.b2' }), /event 2 .* belongs to t.b2/],
    ['a missing event', [chain[0]!, chain[2]!], /event 2 .* has seq 3, expected 2/],
    ['two events turned', [chain[1]!, chain[0]!, chain[2]!], /event 1 .* has seq 2/],
    ['another predecessor', changed(1, { prevHash: 'a'.repeat(64) }), /event 2 .* does not follow/],
    [
      'an event after the end',
      chainOf([drafts[0]!, drafts[2]!, drafts[1]!]),
      /event 2 \(boundary.closed\) is not the last event/,
    ],
    ['an id twice', chainOf([drafts[0]!, drafts[0]!]), /event 2 .* repeats the id/],
  ])('names the first bad event for %s', (_what, events, fault) => {
    expect(chainFault('t.a1', events)).toMatch(fault);
  });
});
