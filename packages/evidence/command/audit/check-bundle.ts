import type { KeyObject } from 'node:crypto';
import type { GapRule } from '../../audit/rules.ts';
import type { EvidenceBundle } from '../../chain/evidence.ts';
import { verifyBundle } from '../../signature/verify.ts';

/** The result of checking a bundle itself: a fault, which is a violation, and gaps. */
export interface BundleCheck {
  readonly fault: string | null;
  readonly gaps: readonly GapRule[];
}

/**
 * `key` is the key that the caller trusts. The bundle of an open task is not signed yet: that is a gap, not a
 * fault.
 */
export function checkBundle(bundle: EvidenceBundle, key: KeyObject | undefined): BundleCheck {
  const gaps: GapRule[] = [];
  if (key === undefined) gaps.push('key-not-pinned');
  if (bundle.envelope === null) gaps.push('unsigned');
  const { fault } = verifyBundle(bundle, bundle.envelope === null ? undefined : key);
  return { fault, gaps };
}
