import { sha256Hex } from '../../canonical-json/digest.ts';
import type { AuditFindings } from '../findings.ts';
import { FirstRefs } from '../first-refs.ts';
import type { RecordRef } from '../result.ts';
import type { LeaseFacts, TaskFacts } from '../task-facts.ts';
import { textIn, type TrailEvent } from '../trail/trail-event.ts';

/**
 * A run of the work function reads its session once, at its start. If the answer is lost, the SDK repeats the
 * call within seconds. A read more than this many seconds after the first one is not such a retry.
 */
const RETRY_SECONDS = 30;
/** The SDK tries a call at most three times. */
const TRIES = 3;

/** `ProveRevoked` runs for at most one minute. */
const PROOF_SECONDS = 60;

interface LeaseReads {
  readonly refs: FirstRefs;
  firstSecond: number;
  lastSecond: number;
}

/** Checks who read the session secret of each lease, and when. */
export class SessionReads {
  readonly #facts: TaskFacts;
  readonly #findings: AuditFindings;
  readonly #byVersion: ReadonlyMap<string, LeaseFacts>;
  readonly #byLease = new Map<LeaseFacts, LeaseReads>();

  constructor(facts: TaskFacts, findings: AuditFindings) {
    this.#facts = facts;
    this.#findings = findings;
    // The version id of a session secret is the digest of the lease's access key id: lambdas/control/secrets/secrets.ts.
    this.#byVersion = new Map(facts.leases.map((lease) => [sha256Hex(lease.accessKeyId), lease]));
  }

  observe(event: TrailEvent, ref: RecordRef): void {
    const { leases } = this.#facts;
    const { roleArn } = event.caller;
    const readers = leases.flatMap((lease) => lease.readers ?? []);
    const isKnown = readers.some(({ work, proof }) => roleArn === work || roleArn === proof);
    // If the evidence does not name the readers, no read can be a violation. Instead, `finish` reports a gap.
    if (!isKnown && readers.length > 0) return this.#findings.violate('second-reader', ref);
    const isProof = readers.some(({ proof }) => roleArn === proof);
    if (event.second > this.#lastReadSecond(isProof))
      this.#findings.violate('session-secret-read-after-end', ref);
    const lease = this.#leaseOf(event);
    if (lease !== undefined && lease.readers?.work === roleArn) this.#addRead(lease, event.second, ref);
  }

  /**
   * The last second in which a role may read the secret. For the work function, this is the second in which the
   * end of access was proven. `ProveRevoked` may read it later: if its answer is lost, it runs again. This may
   * happen until the boundary is closed, and until a proof that was running then has ended.
   */
  #lastReadSecond(isProof: boolean): number {
    const { provenSecond = Infinity, closedSecond = Infinity } = this.#facts;
    return isProof && provenSecond < Infinity ? closedSecond + PROOF_SECONDS : provenSecond;
  }

  finish(): void {
    for (const lease of this.#facts.leases) {
      if (lease.readers === undefined) this.#findings.gap('readers-not-recorded', `Lease ${lease.number}.`);
      const reads = this.#byLease.get(lease);
      if (reads === undefined && lease.claim !== undefined && lease.readers !== undefined)
        this.#findings.gap('session-read-missing', `Lease ${lease.number}.`);
      if (
        reads !== undefined &&
        (reads.lastSecond - reads.firstSecond > RETRY_SECONDS || reads.refs.count > TRIES)
      )
        this.#findings.violateAll('session-secret-read-again', reads.refs);
    }
  }

  /** A read without a version gets the current one: the last version that was written before the read. */
  #leaseOf(event: TrailEvent): LeaseFacts | undefined {
    const versionId = textIn(event.parameters, 'versionId');
    if (versionId !== '') return this.#byVersion.get(versionId);
    return this.#facts.leases.findLast(({ issuedSecond }) => issuedSecond <= event.second);
  }

  #addRead(lease: LeaseFacts, second: number, ref: RecordRef): void {
    const reads = this.#byLease.get(lease) ?? {
      refs: new FirstRefs(TRIES + 1),
      firstSecond: second,
      lastSecond: second,
    };
    this.#byLease.set(lease, reads);
    reads.firstSecond = Math.min(reads.firstSecond, second);
    reads.lastSecond = Math.max(reads.lastSecond, second);
    reads.refs.add(ref);
  }
}
