import type { Verification } from '../../signature/verify.ts';
import { oneLine, visible } from '../print.ts';

const about = ({ boundaryId, events, headHash }: Verification): string =>
  `${visible(boundaryId ?? '')}, ${events} events, head ${headHash ?? ''}\n`;

/** What `taskbound verify` says to people: the verdict first. */
export function renderVerification(of: Verification): string {
  switch (of.verdict) {
    case 'verified':
      return `verified: chain and signature hold, and the signature is the pinned key's (${of.keyId})\n${about(of)}`;
    case 'consistent':
      return `consistent, not verified: ${unpinned(of)}\n${about(of)}`;
    case 'wrong':
      return `WRONG: ${oneLine(of.fault ?? '')}. Do not rely on this record.\n${of.boundaryId === null ? '' : about(of)}`;
  }
}

const unpinned = ({ keyId }: Verification): string =>
  keyId === null
    ? 'the chain holds, but it is not signed: its boundary is not closed, and cut-off events would not show.'
    : `chain and signature hold, by a key that the bundle itself names (${keyId}); whoever changed all of it would have named another. Pin the key with --key.`;
