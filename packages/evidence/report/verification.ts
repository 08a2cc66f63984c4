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
        says: `The hashes of all events hold, and their head is signed with the key that was given (${keyId}).`,
      };
    case 'wrong':
      return { is: 'broken', says: `The record does not verify: ${fault}.` };
    case 'consistent':
      return { is: 'consistent', says: `The hashes of all events hold. ${unpinned(keyId ?? '?')}` };
  }
}

const UNSIGNED =
  'The hashes of all events hold. Nothing is signed, because the boundary is not closed: cut-off events would not show.';

const unpinned = (keyId: string): string =>
  `Their head is signed, but no key was given to check it against: the bundle itself names the key ${keyId}, and whoever made it anew would have named another.`;
