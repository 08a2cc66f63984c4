import type { KeyObject } from 'node:crypto';
import type { EvidenceBundle } from '../chain/evidence.ts';
import { verifyBundle } from '../signature/verify.ts';

/** Whether a bundle's record can be relied on, for the top of its report. */
export interface RecordCheck {
  /**
   * `unsigned`: the hashes hold, and the boundary is not closed, so there is nothing that a key could verify. `broken`: it does not verify,
   * whatever the reason, also when it is signed with another key than the one that was given.
   */
  readonly is: 'verified' | 'consistent' | 'unsigned' | 'broken';
  /** In one sentence, which may contain text of others. */
  readonly says: string;
}

/** The result of verifying a bundle's chain and signature. `pinned` is the key that the caller trusts. */
export function verification(bundle: EvidenceBundle, pinned: KeyObject | undefined): RecordCheck {
  const isSigned = bundle.envelope !== null;
  const { verdict, fault, keyId } = verifyBundle(bundle, isSigned ? pinned : undefined);
  if (!isSigned && fault === null) return { is: 'unsigned', says: UNSIGNED };
  switch (verdict) {
    case 'verified':
      return {
        is: 'verified',
        says: `The hashes of all events are valid, and the last event is signed with the given key (${keyId}).`,
      };
    case 'wrong':
      return { is: 'broken', says: `The record does not verify: ${fault}.` };
    case 'consistent':
      return { is: 'consistent', says: `The hashes of all events are valid. ${unpinned(keyId ?? '?')}` };
  }
}

const UNSIGNED =
  'The hashes of all events are valid. The record is not signed, because the boundary is not closed, so missing events at its end cannot be detected.';

const unpinned = (keyId: string): string =>
  `The last event is signed with a key that the bundle itself contains (${keyId}), and no key was given to compare it with. A forged bundle would contain another key.`;
