import type { EvidenceBundle } from '../../core/evidence.ts';
import { bundleFault } from '../bundle.ts';

/** Whether a bundle's record can be relied on, for the top of its report. */
export interface Verification {
  readonly is: 'verified' | 'consistent' | 'broken';
  /** In one sentence; other people's words may be in it. */
  readonly says: string;
}

/** What can be said of a bundle's chain and signature. `pinnedKey` is the PEM of the key that the caller trusts. */
export function verification(bundle: EvidenceBundle, pinnedKey: string | undefined): Verification {
  const fault = bundleFault(bundle);
  if (fault !== undefined) return { is: 'broken', says: `The chain of events is broken: ${fault}.` };
  const key = pinnedKey === undefined ? 'a pinned key' : 'the key that was given';
  return {
    is: 'consistent',
    says: `The hashes of all events hold. The signature was not checked against ${key}, so cut-off events or a record that was made anew would not show.`,
  };
}
