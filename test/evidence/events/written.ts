import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EventType, Json } from 'taskbound-evidence/events/event';
import {
  BOUNDARY,
  chainOf,
  GRANT,
  ended,
  handedOn,
  leaseIssued,
  RECORDS,
  requested,
  T0,
  type TimedDraft,
} from '../../fixtures/task-events.ts';

/** An event as a JSON file has it: nothing is known of it yet. */
export type Written = { readonly [name: string]: Json } & {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly [name: string]: Json };
};

const V01 = fileURLToPath(new URL('../../fixtures/bundle-v0.1/', import.meta.url));

/** The events of a bundle that version 0.1 wrote. */
export function eventsOfV01(): Written[] {
  const name = readdirSync(V01).find((each) => each.endsWith('.evidence.json')) ?? '';
  const bundle: { readonly events: Written[] } = JSON.parse(readFileSync(V01 + name, 'utf8'));
  return bundle.events;
}

const iso = (seconds: number): string => new Date(T0 + seconds * 1000).toISOString();
const person = { person: 'bob', roleArn: 'arn:aws:iam::111122223333:role/Approvers' };

const draft = (type: EventType, data: TimedDraft['data'], id: string = type): TimedDraft => ({
  id,
  type,
  actor: 'arn:aws:sts::111122223333:assumed-role/Approvers/bob',
  data,
});

/** Events with all fields that their writers leave out where they do not apply, and those that no whole record has. */
const FULL: readonly TimedDraft[] = [
  requested({
    window: { opensAt: iso(0), closesAt: iso(3600) },
    executionArn: 'arn:aws:states:eu-central-1:111122223333:execution:x:nightly-1',
    approvalsNeeded: 2,
    approvalsExpire: iso(60),
    emergency: 'the shop is down',
    schedule: 'Nightly',
    scheduledFor: iso(0),
  }),
  ended('open'),
  handedOn(1),
  leaseIssued(2, {
    sessionSecretReaders: {
      work: 'arn:aws:iam::111122223333:role/Work',
      proof: 'arn:aws:iam::111122223333:role/Proof',
    },
  }),
  draft('attempt.refused', { what: 'approve', code: 'requester', because: 'bob asked for it' }),
  draft('review.opened', {
    of: BOUNDARY,
    emergency: 'the shop is down',
    reason: 'repair it',
    grantDigest: GRANT,
    requester: 'ann',
  }),
  draft('review.decided', { of: BOUNDARY, decision: 'justified', person: 'bob', reason: null }),
  draft('approval.granted', { ...person, grantDigest: GRANT, reason: null, decidedAt: iso(1), quorum: null }),
  draft('revocation.proven', {
    proof: 'nothing-issued',
    leases: [],
    secretsGone: ['login'],
    loginsGone: [{ secret: 'login', username: 'taskbound_x', server: 'db.example:5432', at: iso(9) }],
  }),
];

/** An event of every type, each as its writer writes it. */
export const WRITTEN: readonly Written[] = JSON.parse(
  JSON.stringify([
    ...eventsOfV01(),
    ...chainOf(FULL),
    ...Object.values(RECORDS).flatMap((drafts) => chainOf(drafts)),
  ]),
);
