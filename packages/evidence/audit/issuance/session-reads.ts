import { sha256Hex } from '../../canonical-json/digest.ts';
import type { Findings } from '../findings.ts';
import { FirstRefs } from '../first-refs.ts';
import type { RecordRef } from '../result.ts';
import type { LeaseFacts, TaskFacts } from '../task-facts.ts';
import { textIn, type TrailEvent } from '../trail/trail-event.ts';

/**
 * A run of the work reads its session once, at its beginning. When the answer is lost, its SDK asks again within seconds; whoever reads it
 * later than this is not that run beginning.
 */
const RETRY_SECONDS = 30;
/** And three times at most. */
const TRIES = 3;

/** `ProveRevoked` runs a minute at most. */
const PROOF_SECONDS = 60;

interface Reads {
  readonly refs: FirstRefs;
  first: number;
  last: number;
}

/** Who read the session secret, of which lease, and when. */
export class SessionReads {
  readonly #facts: TaskFacts;
  readonly #findings: Findings;
  readonly #byVersion: ReadonlyMap<string, LeaseFacts>;
  readonly #byLease = new Map<LeaseFacts, Reads>();

  constructor(facts: TaskFacts, findings: Findings) {
    this.#facts = facts;
    this.#findings = findings;
    // The version of a session is made from its key: lambdas/control/secrets/secrets.ts.
    this.#byVersion = new Map(facts.leases.map((lease) => [sha256Hex(lease.accessKeyId), lease]));
  }

  see(event: TrailEvent, ref: RecordRef): void {
    const { leases } = this.#facts;
    const { roleArn } = event.caller;
    const readers = leases.flatMap((lease) => lease.readers ?? []);
    const isKnown = readers.some(({ work, proof }) => roleArn === work || roleArn === proof);
    // Without the readers' names nobody is accused; that they are missing is a gap.
    if (!isKnown && readers.length > 0) return this.#findings.violate('second-reader', ref);
    const isProof = readers.some(({ proof }) => roleArn === proof);
    if (event.second > this.#endFor(isProof)) this.#findings.violate('session-secret-read-after-end', ref);
    const lease = this.#leaseOf(event);
    if (lease !== undefined && lease.readers?.work === roleArn) this.#count(lease, event.second, ref);
  }

  /** A proof whose answer was lost is made again, from the secret: until the boundary is closed, and one that was under way then is over. */
  #endFor(isProof: boolean): number {
    const { provenSecond = Infinity, closedSecond = Infinity } = this.#facts;
    return isProof && provenSecond < Infinity ? closedSecond + PROOF_SECONDS : provenSecond;
  }

  conclude(): void {
    for (const lease of this.#facts.leases) {
      if (lease.readers === undefined) this.#findings.gap('readers-not-recorded', `Lease ${lease.number}.`);
      const reads = this.#byLease.get(lease);
      if (reads === undefined && lease.claim !== undefined && lease.readers !== undefined)
        this.#findings.gap('session-read-missing', `Lease ${lease.number}.`);
      if (reads !== undefined && (reads.last - reads.first > RETRY_SECONDS || reads.refs.count > TRIES))
        this.#findings.violateAll('session-secret-read-again', reads.refs);
    }
  }

  /** Who names no version gets the current one: the last that was put by then. */
  #leaseOf(event: TrailEvent): LeaseFacts | undefined {
    const versionId = textIn(event.parameters, 'versionId');
    if (versionId !== '') return this.#byVersion.get(versionId);
    return this.#facts.leases.findLast(({ issuedSecond }) => issuedSecond <= event.second);
  }

  #count(lease: LeaseFacts, second: number, ref: RecordRef): void {
    const reads = this.#byLease.get(lease) ?? { refs: new FirstRefs(TRIES + 1), first: second, last: second };
    this.#byLease.set(lease, reads);
    reads.first = Math.min(reads.first, second);
    reads.last = Math.max(reads.last, second);
    reads.refs.add(ref);
  }
}
