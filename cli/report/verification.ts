import type { KeyObject } from 'node:crypto';
import type { EvidenceBundle } from '../../core/evidence.ts';
import { verifyBundle } from '../../core/verify.ts';

/** Whether a bundle's record can be relied on, for the top of its report. */
export interface RecordCheck {
  readonly is: 'verified' | 'consistent' | 'broken';
  /** In one sentence; other people's words may be in it. */
  readonly says: string;
}

/** What can be said of a bundle's chain and signature. `pinned` is the key that the caller trusts. */
export function verification(bundle: EvidenceBundle, pinned: KeyObject | undefined): RecordCheck {
  const { verdict, fault, keyId } = verifyBundle(bundle, pinned);
  switch (verdict) {
    case 'verified':
      return {
        is: 'verified',
        says: `The hashes of all events hold, and their head is signed with the key that was given (${keyId}).`,
      };
    case 'wrong':
      return { is: 'broken', says: `The record does not verify: ${fault}.` };
    case 'consistent':
      return { is: 'consistent', says: `The hashes of all events hold. ${unpinned(keyId)}` };
  }
}

const unpinned = (keyId: string | null): string =>
  keyId === null
    ? 'Nothing is signed, because the boundary is not closed: cut-off events would not show.'
    : `Their head is signed, but no key was given to check it against: the bundle itself names the key ${keyId}, and whoever made it anew would have named another.`;
