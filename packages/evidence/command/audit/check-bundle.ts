import type { KeyObject } from 'node:crypto';
import type { GapRule } from '../../audit/rules.ts';
import type { EvidenceBundle } from '../../chain/evidence.ts';
import { verifyBundle } from '../../signature/verify.ts';

/** What is known of a bundle itself: a fault, which is a violation, or what keeps it from being a proof. */
export interface BundleCheck {
  readonly fault: string | null;
  readonly gaps: readonly GapRule[];
}

/** `key`: the one that the caller trusts. A task that is still open is signed by nobody yet: that is a gap, and no fault. */
export function checkBundle(bundle: EvidenceBundle, key: KeyObject | undefined): BundleCheck {
  const gaps: GapRule[] = [];
  if (key === undefined) gaps.push('key-not-pinned');
  if (bundle.envelope === null) gaps.push('unsigned');
  const { fault } = verifyBundle(bundle, bundle.envelope === null ? undefined : key);
  return { fault, gaps };
}
