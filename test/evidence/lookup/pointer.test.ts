import { describe, expect, it } from 'vitest';
import { lookupOf } from 'taskbound-evidence/lookup/lookup';
import { confirmMatch, type Recorded } from 'taskbound-evidence/lookup/pointer';
import type { EvidenceBundle, ChainedEvent } from 'taskbound-evidence/chain/evidence';
import { signedBundle, STACK_KEY } from '../../fixtures/signed-bundle.ts';
import { BOUNDARY, chain, goodEvents } from '../../cli/support.ts';
import { rechained } from '../../scenarios/evidence/tampering.ts';

const closedChain = chain(
  goodEvents().map((event) =>
    event.type === 'identity.issued' ? { ...event, data: { ...event.data, accessKeyId: 'ASIAX' } } : event,
  ),
);
const issuedIndex = closedChain.findIndex(({ type }) => type === 'identity.issued');
const openChain = closedChain.slice(0, -1);
const matches = (event: ChainedEvent) => lookupOf(event) === 'key#ASIAX';
const pointer = { boundaryId: BOUNDARY, seq: issuedIndex + 1, matches };
const event = closedChain[issuedIndex];

const open = (events: readonly ChainedEvent[]): Recorded => ({ events, closed: false });
const closed = ({ events, envelope, publicKey }: EvidenceBundle): Recorded => {
  if (envelope === null || publicKey === null) throw new Error('not signed');
  return { events, signed: { envelope, publicKey }, closed: true };
};
const key = STACK_KEY.publicKey;
const signed = closed(signedBundle(BOUNDARY, closedChain, STACK_KEY));

describe('the check of a match against the evidence', () => {
  it('returns the matching event, and whether it is signed', () => {
    expect(confirmMatch(pointer, open(openChain), key)).toEqual({ event, signed: false });
    expect(confirmMatch(pointer, signed, key)).toEqual({ event, signed: true });
  });

  it.each([
    ['no evidence', pointer, [], 'it has no evidence'],
    ['another event with that number', { ...pointer, seq: 1 }, openChain, 'its event 1 does not match'],
    ['a number after the last event', { ...pointer, seq: 99 }, openChain, 'its event 99 does not match'],
    [
      'no event that matches',
      { boundaryId: BOUNDARY, matches: () => false },
      openChain,
      'none of its events matches',
    ],
  ])('%s is a fault', (_what, asked, events, fault) =>
    expect(confirmMatch(asked, open(events), key)).toEqual({ fault }),
  );

  const changed = closedChain.map((each) =>
    each.seq === 1 ? { ...each, data: { ...each.data, requester: 'eve' } } : each,
  );
  const recomputed = rechained(BOUNDARY, changed);
  it.each([
    ['an event that was changed', open(changed.slice(0, -1)), /event 1 \(task\.requested\) was changed/],
    [
      'a closed chain with recomputed hashes',
      { ...signed, events: recomputed },
      /its signed statement is not about these events/,
    ],
    [
      'a closed chain with recomputed hashes, signed with another key',
      closed(signedBundle(BOUNDARY, recomputed)),
      /it is signed with the key \w+, not with the pinned key/,
    ],
    ['a closed chain without its signature', open(recomputed), /closed, but it is not signed/],
    [
      'a closed chain whose end was removed, so that it looks open',
      { ...open(recomputed.slice(0, -1)), closed: true },
      /^its evidence does not hold: the ledger has it as closed, but it ends with \S+ and is not signed$/,
    ],
  ])('%s is a fault, although it contains the matching event', (_what, recorded, fault) => {
    const found = confirmMatch(pointer, recorded, key);
    expect(found.event?.seq).toBe(pointer.seq);
    expect(found.fault).toMatch(fault);
    expect(found.signed).toBeUndefined();
  });
});
