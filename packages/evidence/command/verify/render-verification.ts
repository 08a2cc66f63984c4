import type { Verification } from '../../signature/verify.ts';
import { visible } from '../../display/visible.ts';
import { oneLine } from '../print.ts';

const about = ({ boundaryId, events, headHash }: Verification): string =>
  `${visible(boundaryId ?? '')}, ${events} events, head ${visible(headHash ?? '')}\n`;

/** The output of `taskbound verify`, verdict first. */
export function renderVerification(of: Verification): string {
  switch (of.verdict) {
    case 'verified':
      return `verified: the chain and the signature are valid, and the signature is by the given key (${of.keyId})\n${about(of)}`;
    case 'consistent':
      return `consistent, not verified: ${unpinned(of)}\n${about(of)}`;
    case 'wrong':
      return `WRONG: ${oneLine(of.fault ?? '')}. Do not rely on this record.\n${of.boundaryId === null ? '' : about(of)}`;
  }
}

const unpinned = ({ keyId }: Verification): string =>
  keyId === null
    ? 'the chain is valid, but not signed: its boundary is not closed, and missing events at its end cannot be detected.'
    : `the chain and the signature are valid for a key that the bundle itself contains (${keyId}). A forged bundle would contain another key. Give the key that you trust with --key.`;
