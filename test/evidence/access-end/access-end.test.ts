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

/** A proof of lease 1, with some fields of the lease's entry replaced. */
function provenWith(entry: object, proof: 'refused' | 'expired' = 'refused'): TimedDraft {
  const draft = proven(proof);
  const [lease] = draft.data['leases'] as object[];
  return { ...draft, data: { ...draft.data, leases: [{ ...lease, ...entry }] } };
}

const provenWithRefusals = (...refusals: unknown[]): TimedDraft => provenWith({ refusals });

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
      'a proof without refusals',
      [leaseIssued(), provenWith({ refusals: [] })],
      /lease 1 has 0 refusals; 3 are needed/,
    ],
    [
      'a proof with two refusals',
      [leaseIssued(), provenWith({ refusals: [refusal(8), refusal(9)] })],
      /has 2 refusals/,
    ],
    [
      'a proof whose refusals are not a list',
      [leaseIssued(), provenWith({ refusals: 'AAA' })],
      /the proof cannot be read: data\.leases\.0\.refusals: /,
    ],
    [
      'a proof about another access key',
      [leaseIssued(), provenWith({ accessKeyId: 'ASIAOTHER' })],
      /another access key/,
    ],
    [
      'a proof that omits a lease',
      [leaseIssued(), leaseIssued(2), proven('refused')],
      /does not speak of lease 2/,
    ],
    [
      'nothing-issued, although a lease was issued',
      [leaseIssued(), proven('nothing-issued')],
      /nothing was issued, but 1 leases were/,
    ],
    [
      'a proof of an unknown kind',
      [{ ...proven('refused'), data: { ...proven('refused').data, proof: 'unknown-kind' } }],
      /the proof cannot be read: data\.proof: /,
    ],
    [
      'a secret that was not destroyed',
      [secretIssued('login'), leaseIssued(), proven('refused')],
      /the secret login was made/,
    ],
    [
      'an expired proof in which a refused lease has one refusal',
      [leaseIssued(), provenWith({ proof: 'refused', refusals: [refusal(8)] }, 'expired')],
      /has 1 refusals/,
    ],
    [
      'answers without the required fields',
      [leaseIssued(), provenWithRefusals(null, 1, {})],
      /cannot be read: data\.leases\.0\.refusals\.0: /,
    ],
    [
      'an answer without a time',
      [leaseIssued(), provenWithRefusals(refusal(8), { ...refusal(9), at: null }, refusal(10))],
      /cannot be read: data\.leases\.0\.refusals\.1\.at: /,
    ],
    [
      'answers whose times are not timestamps',
      [
        leaseIssued(),
        provenWithRefusals(...[61, 62, 63].map((year) => ({ ...refusal(8), at: `then ${year}` }))),
      ],
      /cannot be read: data\.leases\.0\.refusals\.0\.at: /,
    ],
    [
      'an answer without a message',
      [leaseIssued(), provenWithRefusals(refusal(8), refusal(9), { ...refusal(10), message: null })],
      /cannot be read: data\.leases\.0\.refusals\.2\.message: /,
    ],
    [
      'a service error among the answers',
      [
        leaseIssued(),
        provenWithRefusals(refusal(8), { ...refusal(9), error: 'ThrottlingException' }, refusal(10)),
      ],
      /answer 2 in the proof of lease 1 does not show that access ended/,
    ],
    [
      'an implicit deny, which a policy that has not propagated may cause',
      [
        leaseIssued(),
        provenWithRefusals(refusal(8), refusal(9), {
          ...refusal(10),
          message: 'because no session policy allows the secretsmanager:DescribeSecret action',
        }),
      ],
      /answer 3/,
    ],
    [
      'one answer that is repeated three times',
      [leaseIssued(), provenWithRefusals(refusal(8), refusal(8), refusal(8))],
      /not at times that follow/,
    ],
    [
      'a refused lease without an access key',
      [leaseIssued(), provenWith({ accessKeyId: null })],
      /no access key/,
    ],
    [
      'a wait that ended before the deadline',
      [leaseIssued(), { ...proven('expired'), second: 20 }],
      /not later than/,
    ],
    [
      'a wait that ended exactly at the deadline',
      [leaseIssued(), { ...proven('expired'), second: 121 }],
      /not later/,
    ],
    [
      'a wait until a deadline other than the issued one',
      [
        leaseIssued(1, { deadline: '2026-11-23T12:00:00Z' }),
        provenWith({ accessKeyId: 'ASIAEXAMPLE1' }, 'expired'),
      ],
      /not later than/,
    ],
    [
      'a wait until a deadline that is not a timestamp',
      [leaseIssued(1, { deadline: 'soon 60' }), provenWith({ deadline: 'soon 60' }, 'expired')],
      /proof cannot be read: data\.leases\.0\.deadline: .*event 2 \(identity\.issued\) cannot be read: data\.deadline: /,
    ],
    [
      'a wait without a deadline',
      [leaseIssued(), provenWith({ deadline: null }, 'expired')],
      /cannot be read: data\.leases\.0\.deadline: /,
    ],
    [
      'a proof that names no lease',
      [{ ...proven('refused'), data: { proof: 'refused', leases: [], secretsGone: [] } }],
      /states refused, but neither it nor any other event names a lease/,
    ],
    [
      'a lease that only boundary.revoked names',
      [leaseIssued(), revoked(2), proven('refused')],
      /does not speak of lease 2/,
    ],
    [
      'nothing-issued, although a lease may have been issued',
      [revokedIntended(), proven('nothing-issued')],
      /1 leases were, or may have been/,
    ],
    [
      'a refused lease whose issue is not recorded',
      [revokedIntended(), proven('refused')],
      /access key whose issue is not recorded/,
    ],
    [
      'a lease without a number in boundary.revoked',
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
  ])('access is unproven: %s', (_what, drafts, because) => {
    const end = endOf([requested(), ...drafts]);
    expect(end.kind).toBe('unproven');
    expect(end.because.join('; ')).toMatch(because);
  });
});
