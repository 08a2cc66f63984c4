import { sha256Hex } from '../../canonical-json/digest.ts';
import type { AuditFindings } from '../findings.ts';
import { FirstRefs } from '../first-refs.ts';
import type { RecordRef } from '../result.ts';
import type { LeaseFacts, TaskFacts } from '../task-facts.ts';
import { textIn, type TrailEvent } from '../trail/trail-event.ts';

/**
 * A run of the work function reads its session once, at its start. If the answer is lost, the SDK repeats the
 * call within seconds. A read later than this is not the start of that run.
 */
const RETRY_SECONDS = 30;
/** The SDK tries a call at most three times. */
const TRIES = 3;

/** `ProveRevoked` runs for at most one minute. */
const PROOF_SECONDS = 60;

interface LeaseReads {
  readonly refs: FirstRefs;
  first: number;
  last: number;
}

/** Checks who read the session secret, of which lease, and when. */
export class SessionReads {
  readonly #facts: TaskFacts;
  readonly #findings: AuditFindings;
  readonly #byVersion: ReadonlyMap<string, LeaseFacts>;
  readonly #byLease = new Map<LeaseFacts, LeaseReads>();

  constructor(facts: TaskFacts, findings: AuditFindings) {
    this.#facts = facts;
    this.#findings = findings;
    // The version id of a session is the digest of its access key id: lambdas/control/secrets/secrets.ts.
    this.#byVersion = new Map(facts.leases.map((lease) => [sha256Hex(lease.accessKeyId), lease]));
  }

  observe(event: TrailEvent, ref: RecordRef): void {
    const { leases } = this.#facts;
    const { roleArn } = event.caller;
    const readers = leases.flatMap((lease) => lease.readers ?? []);
    const isKnown = readers.some(({ work, proof }) => roleArn === work || roleArn === proof);
    // If the evidence does not name the readers, no read is a violation. The missing names are a gap.
    if (!isKnown && readers.length > 0) return this.#findings.violate('second-reader', ref);
    const isProof = readers.some(({ proof }) => roleArn === proof);
    if (event.second > this.#endFor(isProof)) this.#findings.violate('session-secret-read-after-end', ref);
    const lease = this.#leaseOf(event);
    if (lease !== undefined && lease.readers?.work === roleArn) this.#count(lease, event.second, ref);
  }

  /**
   * A proof whose answer was lost is made again, and reads the secret again. This may happen until the
   * boundary is closed and a proof that was running at that time has ended.
   */
  #endFor(isProof: boolean): number {
    const { provenSecond = Infinity, closedSecond = Infinity } = this.#facts;
    return isProof && provenSecond < Infinity ? closedSecond + PROOF_SECONDS : provenSecond;
  }

  finish(): void {
    for (const lease of this.#facts.leases) {
      if (lease.readers === undefined) this.#findings.gap('readers-not-recorded', `Lease ${lease.number}.`);
      const reads = this.#byLease.get(lease);
      if (reads === undefined && lease.claim !== undefined && lease.readers !== undefined)
        this.#findings.gap('session-read-missing', `Lease ${lease.number}.`);
      if (reads !== undefined && (reads.last - reads.first > RETRY_SECONDS || reads.refs.count > TRIES))
        this.#findings.violateAll('session-secret-read-again', reads.refs);
    }
  }

  /** A read without a version gets the current one: the last version that was written before the read. */
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
