import { sha256Hex } from '../canonical-json/digest.ts';
import type { EvidenceBundle } from '../chain/evidence.ts';
import { isSessionSecret } from '../names/ids.ts';
import { CallLog } from './calls/call-log.ts';
import {
  concludeCoverage,
  isComplete,
  isInTime,
  isLate,
  isReconfigured,
  provingOf,
  spanOf,
  wantedOf,
} from './trail/coverage.ts';
import { DataEvents } from './trail/data-events.ts';
import type { Coverage, Wanted } from './trail/digests.ts';
import { Findings } from './findings.ts';
import { IssuanceLog } from './issuance/issuance-log.ts';
import { needsOf } from './required-permissions/required-permissions.ts';
import { secretNameIn } from '../names/secret-id.ts';
import { verdictOf, type AuditResult } from './result.ts';
import { RoleLog } from './issuance/role-log.ts';
import { SecretLog } from './issuance/secret-log.ts';
import { Shown, type Proving } from './trail/observed-events.ts';
import { taskFacts, type LeaseFacts, type TaskFacts } from './task-facts.ts';
import type { TrailEvent } from './trail/trail-event.ts';
import { WorkerWord } from './calls/worker-claims.ts';

/** How much was read. */
export interface TrailRead {
  readonly files: number;
  readonly records: number;
  readonly bytes: number;
}

/** Records of the task that are remembered, so that one that is delivered twice counts once. Beyond it may count twice. */
const REMEMBERED = 100_000;

/**
 * Holds the evidence of one task against the records of a trail. It sees one record after another, in any order, keeps only what concerns
 * the task, and says at the end what they show together.
 */
export class Audit {
  readonly facts: TaskFacts;
  readonly findings = new Findings();
  readonly #headHash: string;
  readonly #calls: CallLog;
  readonly #issuance: IssuanceLog;
  readonly #secrets: SecretLog;
  readonly #roles: RoleLog;
  readonly #data: DataEvents;
  readonly #words: ReadonlyMap<LeaseFacts, WorkerWord>;
  readonly #byKey: ReadonlyMap<string | null, LeaseFacts>;
  readonly #taskRoles: ReadonlySet<string>;
  readonly #seen = new Set<string>();
  /** Regions with records of the task: IAM's are recorded in one of their own. */
  readonly #regions = new Set<string>();
  /** Regions of management events. */
  readonly #managed = new Shown();

  /** The bundle must have events; whether they are as they were written is asked elsewhere. */
  constructor({ boundaryId, events }: EvidenceBundle) {
    const facts = (this.facts = taskFacts(boundaryId, events));
    const { findings } = this;
    this.#headHash = events.at(-1)?.hash ?? '';
    this.#calls = new CallLog(facts, findings);
    this.#issuance = new IssuanceLog(facts, findings);
    this.#secrets = new SecretLog(facts, findings);
    this.#roles = new RoleLog(facts, findings);
    this.#data = new DataEvents(facts);
    this.#words = new Map(
      facts.leases.flatMap((lease) =>
        lease.claim === undefined ? [] : [[lease, new WorkerWord(lease, lease.claim, findings)]],
      ),
    );
    this.#byKey = new Map(facts.leases.map((lease) => [lease.accessKeyId, lease]));
    this.#taskRoles = new Set(facts.leases.map(({ roleArn }) => roleArn));
  }

  /** What the trail must cover to say anything; to be asked after the last record. */
  get wanted(): Wanted {
    return wantedOf(this.facts, this.#regions);
  }

  /** True when the record concerns the task. */
  see(event: TrailEvent): boolean {
    this.#data.see(event);
    this.#seeTrail(event);
    const lease = this.#leaseOf(event);
    const isStray = lease === undefined && this.#isInItsName(event);
    if (!isStray && lease === undefined && !MAY_CONCERN.has(event.source)) return false;
    const identity = identityOf(event);
    if (this.#seen.has(identity)) return true;
    const concerned = [
      this.#issuance.see(event),
      this.#secrets.see(event),
      this.#roles.see(event),
      lease !== undefined && this.#called(event, lease),
      isStray && this.#strayed(event),
    ].includes(true);
    if (!concerned) return false;
    if (event.accountId === this.facts.place?.accountId) this.#regions.add(event.region);
    if (this.#seen.size < REMEMBERED) this.#seen.add(identity);
    return true;
  }

  /** To be asked once, after the last record. */
  result(read: TrailRead, coverage: Coverage): AuditResult {
    const { facts, findings } = this;
    concludeCoverage(facts, coverage, findings);
    const isWhole = isComplete(findings);
    const proving = provingOf(coverage);
    const isManaged = this.#concludeManaged(proving);
    const hasManagement = this.#issuance.conclude() && isManaged;
    this.#secrets.conclude(this.#issuance.issuers);
    this.#roles.conclude();
    this.#data.conclude(findings, proving);
    const seen = { data: this.#data, proving, hasManagement, isWhole, isLate: isLate(coverage, facts) };
    for (const word of this.#words.values()) word.conclude(seen);
    const violations = findings.violations();
    const gaps = findings.gaps();
    const { digests, signatures } = coverage;
    return {
      version: 1,
      boundaryId: facts.boundaryId,
      headHash: this.#headHash,
      verdict: verdictOf({ violations, gaps }),
      violations,
      gaps,
      calls: { ...this.#calls.counts },
      attempts: [...this.#calls.attempts.list],
      trail: { ...read, ...spanOf(coverage), digests, signatures },
    };
  }

  /** What a record says of the trail itself, whomever it is about. */
  #seeTrail(event: TrailEvent): void {
    if (event.category === 'management' && isInTime(event, this.facts))
      this.#managed.add(event.region, event.file, event.second);
    if (isReconfigured(event, this.facts))
      this.findings.gap('trail-reconfigured', `${event.name} at ${event.at}, record ${event.eventId}.`);
  }

  #concludeManaged(proving: Proving): boolean {
    const missing = this.wanted.regions.filter((region) => !this.#managed.isProven(region, proving));
    for (const region of missing) this.findings.gap('no-management-events', `None in ${region}.`);
    return missing.length === 0;
  }

  /** A service that acts for the session may have a key of its own; the source identity goes with it. */
  #leaseOf(event: TrailEvent): LeaseFacts | undefined {
    const { accessKeyId, invokedBy } = event.caller;
    const lease = this.#byKey.get(accessKeyId);
    if (lease !== undefined || invokedBy === null || !this.#isInItsName(event)) return lease;
    return this.facts.leases.findLast(({ issuedSecond }) => issuedSecond <= event.second);
  }

  #isInItsName({ caller }: TrailEvent): boolean {
    const { boundaryId } = this.facts;
    if (caller.sourceIdentity === boundaryId) return true;
    return caller.sessionName === boundaryId && this.#taskRoles.has(caller.roleArn);
  }

  #called(event: TrailEvent, lease: LeaseFacts): boolean {
    const call = this.#calls.see(event, lease);
    this.#words.get(lease)?.see(call);
    return true;
  }

  #strayed(event: TrailEvent): boolean {
    const [need] = needsOf(event) ?? [];
    const isCanary =
      need?.action === 'secretsmanager:DescribeSecret' && isSessionSecret(secretNameIn(need.resource));
    this.#issuance.seeStray(event, isCanary);
    return true;
  }
}

/** Of a record, wherever it stands. Its id alone would let a made-up record take a real one's place. */
const identityOf = (event: TrailEvent): string => sha256Hex(JSON.stringify({ ...event, file: null }));

/** Services whose records may be about the task whoever calls. */
const MAY_CONCERN = new Set(['sts.amazonaws.com', 'secretsmanager.amazonaws.com', 'iam.amazonaws.com']);
