import type { KeyObject } from 'node:crypto';
import type { GapRule } from '../../core/audit/rules.ts';
import { verifyEnvelope } from '../../core/dsse.ts';
import type { EvidenceBundle } from '../../core/evidence.ts';
import { bundleFault } from '../bundle.ts';

/** What is known of a bundle itself: a fault, which is a violation, or what keeps it from being a proof. */
export interface BundleCheck {
  readonly fault: string | undefined;
  readonly gaps: readonly GapRule[];
}

/** `key`: the one that the caller trusts. */
export function checkBundle(bundle: EvidenceBundle, key: KeyObject | undefined): BundleCheck {
  const gaps: GapRule[] = [];
  if (key === undefined) gaps.push('key-not-pinned');
  if (bundle.envelope === null) gaps.push('unsigned');
  return { fault: bundleFault(bundle) ?? signatureFault(bundle, key), gaps };
}

function signatureFault({ envelope }: EvidenceBundle, key: KeyObject | undefined): string | undefined {
  if (envelope === null || key === undefined || verifyEnvelope(envelope, key)) return undefined;
  return 'its envelope does not have a signature of the given key';
}
