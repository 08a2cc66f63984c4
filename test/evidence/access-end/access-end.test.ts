import { describe, expect, it } from 'vitest';
import { accessEnd } from '../../../packages/evidence/access-end/access-end.ts';
import {
  chainOf,
  eventsOf,
  leaseIssued,
  proven,
  recordOf,
  refusal,
  requested,
  revoked,
  revokedIntended,
  secretIssued,
  secretRevoked,
  type RecordName,
  type TimedDraft,
} from '../../fixtures/task-events.ts';

const endOf = (drafts: readonly TimedDraft[]) => accessEnd(recordOf(chainOf(drafts)));

/** A proof of lease 1 with something else in its entry. */
function provenWith(entry: object, proof: 'refused' | 'expired' = 'refused'): TimedDraft {
  const draft = proven(proof);
  const [lease] = draft.data['leases'] as object[];
  return { ...draft, data: { ...draft.data, leases: [{ ...lease, ...entry }] } };
}

const answered = (...refusals: unknown[]): TimedDraft => provenWith({ refusals });

describe('how access ended', () => {
  it.each<[RecordName, string]>([
    ['succeeded', 'refused'],
    ['lease after lease', 'refused'],
    ['failed', 'refused'],
    ['torn down', 'refused'],
    ['rejected', 'nothing-issued'],
    ['never approved', 'nothing-issued'],
    ['expired', 'expired'],
    ['maybe issued', 'expired'],
    ['under way', 'unproven'],
    ['waiting for approval', 'unproven'],
  ])('%s: %s', (name, kind) => {
    const end = accessEnd(recordOf(eventsOf(name)));
    expect(end.kind).toBe(kind);
    expect(end.because.length === 0).toBe(kind !== 'unproven');
  });

  it.each<[string, TimedDraft[], RegExp]>([
    [
      'a word without refusals',
      [leaseIssued(), provenWith({ refusals: [] })],
      /lease 1 has 0 refusals; 3 are needed/,
    ],
    ['two refusals', [leaseIssued(), provenWith({ refusals: [refusal(8), refusal(9)] })], /has 2 refusals/],
    [
      'refusals that are no list',
      [leaseIssued(), provenWith({ refusals: 'AAA' })],
      /the proof cannot be read: data\.leases\.0\.refusals: /,
    ],
    ['another key', [leaseIssued(), provenWith({ accessKeyId: 'ASIAOTHER' })], /another access key/],
    [
      'a lease that the proof leaves out',
      [leaseIssued(), leaseIssued(2), proven('refused')],
      /does not speak of lease 2/,
    ],
    [
      'nothing issued, and a lease',
      [leaseIssued(), proven('nothing-issued')],
      /nothing was issued, but 1 leases were/,
    ],
    [
      'an unknown kind',
      [{ ...proven('refused'), data: { ...proven('refused').data, proof: 'sworn' } }],
      /the proof cannot be read: data\.proof: /,
    ],
    [
      'a secret that is left',
      [secretIssued('login'), leaseIssued(), proven('refused')],
      /the secret login was made/,
    ],
    [
      'in an expired proof, a lease that is said to be refused',
      [leaseIssued(), provenWith({ proof: 'refused', refusals: [refusal(8)] }, 'expired')],
      /has 1 refusals/,
    ],
    [
      'answers that are none',
      [leaseIssued(), answered(null, 1, {})],
      /cannot be read: data\.leases\.0\.refusals\.0: /,
    ],
    [
      'an answer without time',
      [leaseIssued(), answered(refusal(8), { ...refusal(9), at: null }, refusal(10))],
      /cannot be read: data\.leases\.0\.refusals\.1\.at: /,
    ],
    [
      'answers at times that only look so',
      [leaseIssued(), answered(...[61, 62, 63].map((year) => ({ ...refusal(8), at: `then ${year}` })))],
      /cannot be read: data\.leases\.0\.refusals\.0\.at: /,
    ],
    [
      'an answer without message',
      [leaseIssued(), answered(refusal(8), refusal(9), { ...refusal(10), message: null })],
      /cannot be read: data\.leases\.0\.refusals\.2\.message: /,
    ],
    [
      'a fault of the service among the answers',
      [leaseIssued(), answered(refusal(8), { ...refusal(9), error: 'ThrottlingException' }, refusal(10))],
      /answer 2 in the proof of lease 1 does not show that access ended/,
    ],
    [
      'a denial that may be a policy on its way',
      [
        leaseIssued(),
        answered(refusal(8), refusal(9), {
          ...refusal(10),
          message: 'because no session policy allows the secretsmanager:DescribeSecret action',
        }),
      ],
      /answer 3/,
    ],
    [
      'one answer told three times',
      [leaseIssued(), answered(refusal(8), refusal(8), refusal(8))],
      /not at times that follow/,
    ],
    ['a used credential without a key', [leaseIssued(), provenWith({ accessKeyId: null })], /no access key/],
    ['waiting that stopped early', [leaseIssued(), { ...proven('expired'), second: 20 }], /not later than/],
    [
      'waiting until the deadline itself',
      [leaseIssued(), { ...proven('expired'), second: 121 }],
      /not later/,
    ],
    [
      'waiting until a deadline that is not the one that was issued',
      [
        leaseIssued(1, { deadline: '2026-11-23T12:00:00Z' }),
        provenWith({ accessKeyId: 'ASIAEXAMPLE1' }, 'expired'),
      ],
      /not later than/,
    ],
    [
      'waiting for a deadline that only looks like a time',
      [leaseIssued(1, { deadline: 'soon 60' }), provenWith({ deadline: 'soon 60' }, 'expired')],
      /proof cannot be read: data\.leases\.0\.deadline: .*event 2 \(identity\.issued\) cannot be read: data\.deadline: /,
    ],
    [
      'waiting for no deadline',
      [leaseIssued(), provenWith({ deadline: null }, 'expired')],
      /cannot be read: data\.leases\.0\.deadline: /,
    ],
    [
      'a word about no lease at all',
      [{ ...proven('refused'), data: { proof: 'refused', leases: [], secretsGone: [] } }],
      /states refused, but neither it nor any other event names a lease/,
    ],
    [
      'a lease that only the teardown names',
      [leaseIssued(), revoked(2), proven('refused')],
      /does not speak of lease 2/,
    ],
    [
      'nothing issued, and a lease that was intended',
      [revokedIntended(), proven('nothing-issued')],
      /1 leases were, or may have been/,
    ],
    [
      'a refusal of a lease whose issue is not recorded',
      [revokedIntended(), proven('refused')],
      /access key whose issue is not recorded/,
    ],
    [
      'a lease without number in the teardown',
      [leaseIssued(), { ...revoked(), data: { ...revoked().data, leases: [{}] } }, proven('refused')],
      /event 3 \(boundary\.revoked\) cannot be read: data\.leases\.0\.lease: /,
    ],
    [
      'a lease whose issue cannot be read',
      [leaseIssued(1, { accessKeyId: null }), proven('nothing-issued')],
      /event 2 \(identity\.issued\) cannot be read: data\.accessKeyId: .*1 leases were, or may have been/,
    ],
    [
      'a secret whose issue cannot be read',
      [{ ...secretIssued(), data: {} }, proven('nothing-issued')],
      /event 2 \(secret\.issued\) cannot be read: data\.name: /,
    ],
    [
      'a secret whose destruction cannot be read',
      [secretIssued(), { ...secretRevoked(), data: {} }, proven('nothing-issued')],
      /the secret receiptKey was made and is not said to be destroyed/,
    ],
  ])('%s is no proof', (_what, drafts, because) => {
    const end = endOf([requested(), ...drafts]);
    expect(end.kind).toBe('unproven');
    expect(end.because.join('; ')).toMatch(because);
  });
});
