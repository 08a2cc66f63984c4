import { describe, expect, it } from 'vitest';
import { accessEnd } from '../../core/access-end.ts';
import type { EventDraft } from '../../core/evidence.ts';
import { taskRecord } from '../../core/task-record.ts';
import {
  chainOf,
  eventsOf,
  leaseIssued,
  proven,
  requested,
  secretIssued,
  type RecordName,
} from '../fixtures/task-events.ts';

const endOf = (drafts: readonly EventDraft[]) => accessEnd(taskRecord(chainOf(drafts)));

/** A proof of lease 1 with something else in its entry. */
function provenWith(entry: object): EventDraft {
  const draft = proven('refused');
  const [lease] = draft.data['leases'] as object[];
  return { ...draft, data: { ...draft.data, leases: [{ ...lease, ...entry }] } };
}

describe('how access ended', () => {
  it.each<[RecordName, string]>([
    ['succeeded', 'refused'],
    ['lease after lease', 'refused'],
    ['failed', 'refused'],
    ['torn down', 'refused'],
    ['rejected', 'nothing-issued'],
    ['never approved', 'nothing-issued'],
    ['expired', 'expired'],
    ['under way', 'unproven'],
    ['waiting for approval', 'unproven'],
  ])('%s: %s', (name, kind) => {
    const end = accessEnd(taskRecord(eventsOf(name)));
    expect(end.kind).toBe(kind);
    expect(end.because.length === 0).toBe(kind !== 'unproven');
  });

  it.each<[string, EventDraft[], RegExp]>([
    [
      'a word without refusals',
      [leaseIssued(), provenWith({ refusals: [] })],
      /lease 1 has 0 refusals; 3 are needed/,
    ],
    ['two refusals', [leaseIssued(), provenWith({ refusals: [{}, {}] })], /has 2 refusals/],
    ['refusals that are no list', [leaseIssued(), provenWith({ refusals: 'AAA' })], /has 0 refusals/],
    ['another key', [leaseIssued(), provenWith({ accessKeyId: 'ASIAOTHER' })], /another access key/],
    [
      'a lease that the proof leaves out',
      [leaseIssued(), leaseIssued(2), proven('refused')],
      /does not speak of lease 2/,
    ],
    [
      'nothing issued, and a lease',
      [leaseIssued(), proven('nothing-issued')],
      /nothing was issued, and 1 leases were/,
    ],
    ['an unknown kind', [{ ...proven('refused'), data: { proof: 'sworn' } }], /a kind that is not known/],
    [
      'a secret that is left',
      [secretIssued('login'), leaseIssued(), proven('refused')],
      /the secret login was made/,
    ],
    [
      'in an expired proof, a lease that is said to be refused',
      [
        leaseIssued(),
        {
          ...provenWith({ refusals: [{}] }),
          data: { ...provenWith({ refusals: [{}] }).data, proof: 'expired' },
        },
      ],
      /has 1 refusals/,
    ],
  ])('%s is no proof', (_what, drafts, because) => {
    const end = endOf([requested(), ...drafts]);
    expect(end.kind).toBe('unproven');
    expect(end.because.join('; ')).toMatch(because);
  });
});
