import { sha256Hex } from '../digest.ts';
import type { EvidenceBundle } from '../evidence.ts';
import { CallLog } from './call-log.ts';
import { concludeCoverage, isComplete, wantedOf } from './coverage.ts';
import { DataEvents } from './data-events.ts';
import type { Coverage, Wanted } from './digests.ts';
import { Findings } from './findings.ts';
import { IssuanceLog } from './issuance-log.ts';
import { needsOf } from './needs/needs.ts';
import { secretNameIn } from './needs/secrets-manager.ts';
import { verdictOf, type AuditResult } from './result.ts';
import { RoleLog } from './role-log.ts';
import { SecretLog } from './secret-log.ts';
import { taskFacts, type LeaseFacts, type TaskFacts } from './task-facts.ts';
import type { TrailEvent } from './trail-event.ts';
import { WorkerWord } from './worker-word.ts';

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

  /** What the trail must cover to say anything. */
  get wanted(): Wanted {
    return wantedOf(this.facts);
  }

  /** True when the record concerns the task. */
  see(event: TrailEvent): boolean {
    this.#data.see(event);
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
    if (concerned && this.#seen.size < REMEMBERED) this.#seen.add(identity);
    return concerned;
  }

  /** To be asked once, after the last record. */
  result(read: TrailRead, coverage: Coverage): AuditResult {
    const { facts, findings } = this;
    concludeCoverage(facts, coverage, findings);
    const isWhole = isComplete(findings);
    const hasManagement = this.#issuance.conclude();
    this.#secrets.conclude(this.#issuance.issuers);
    this.#roles.conclude();
    this.#data.conclude(findings);
    for (const word of this.#words.values()) word.conclude({ data: this.#data, hasManagement, isWhole });
    const violations = findings.violations();
    const gaps = findings.gaps();
    const { digests, signatures, from, to } = coverage;
    return {
      version: 1,
      boundaryId: facts.boundaryId,
      headHash: this.#headHash,
      verdict: verdictOf({ violations, gaps }),
      violations,
      gaps,
      calls: { ...this.#calls.counts },
      attempts: [...this.#calls.attempts.list],
      trail: { ...read, from, to, digests, signatures },
    };
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
      need?.action === 'secretsmanager:DescribeSecret' && /\/session$/.test(secretNameIn(need.resource));
    this.#issuance.seeStray(event, isCanary);
    return true;
  }
}

/** Of a record, wherever it stands. Its id alone would let a made-up record take a real one's place. */
const identityOf = (event: TrailEvent): string => sha256Hex(JSON.stringify({ ...event, file: null }));

/** Services whose records may be about the task whoever calls. */
const MAY_CONCERN = new Set(['sts.amazonaws.com', 'secretsmanager.amazonaws.com', 'iam.amazonaws.com']);
