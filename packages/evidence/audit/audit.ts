import { sha256Hex } from '../canonical-json/digest.ts';
import type { EvidenceBundle } from '../chain/evidence.ts';
import { isSessionSecret } from '../names/ids.ts';
import { CallLog } from './calls/call-log.ts';
import {
  findCoverageGaps,
  isComplete,
  isInTaskTime,
  isPastDelivery,
  isReconfigured,
  provingFilesOf,
  coveredSpan,
  requiredCoverageOf,
} from './trail/coverage.ts';
import { DataEvents } from './trail/data-events.ts';
import type { Coverage, RequiredCoverage } from './trail/digests.ts';
import { AuditFindings } from './findings.ts';
import { IssuanceLog } from './issuance/issuance-log.ts';
import { requiredPermissions } from './required-permissions/required-permissions.ts';
import { secretNameIn } from '../names/secret-id.ts';
import { verdictOf, type AuditResult } from './result.ts';
import { RoleLog } from './issuance/role-log.ts';
import { SecretLog } from './issuance/secret-log.ts';
import { ObservedEvents, type ProvingFiles } from './trail/observed-events.ts';
import { taskFacts, type LeaseFacts, type TaskFacts } from './task-facts.ts';
import type { TrailEvent } from './trail/trail-event.ts';
import { WorkerClaims } from './calls/worker-claims.ts';

/** How much was read. */
export interface ReadTotals {
  readonly files: number;
  readonly records: number;
  readonly bytes: number;
}

/**
 * How many records of the task are remembered, so that a record that CloudTrail delivers twice counts once.
 * Beyond this number a record may count twice.
 */
const REMEMBERED_RECORDS = 100_000;

/**
 * Compares the evidence of one task with the records of a trail. It observes one record after another, in any
 * order, keeps only what concerns the task, and returns the result at the end.
 */
export class Audit {
  readonly facts: TaskFacts;
  readonly findings = new AuditFindings();
  readonly #headHash: string;
  readonly #calls: CallLog;
  readonly #issuance: IssuanceLog;
  readonly #secrets: SecretLog;
  readonly #roles: RoleLog;
  readonly #data: DataEvents;
  readonly #claims: ReadonlyMap<LeaseFacts, WorkerClaims>;
  readonly #byKey: ReadonlyMap<string | null, LeaseFacts>;
  readonly #taskRoles: ReadonlySet<string>;
  readonly #seen = new Set<string>();
  /**
   * Regions with records of the task. IAM records its calls in one region only, which may be another one than
   * the task's.
   */
  readonly #regions = new Set<string>();
  /** Management events by region. */
  readonly #managementEvents = new ObservedEvents();

  /** The bundle must contain events. The caller verifies that they are unchanged. */
  constructor({ boundaryId, events }: EvidenceBundle) {
    const facts = (this.facts = taskFacts(boundaryId, events));
    const { findings } = this;
    this.#headHash = events.at(-1)?.hash ?? '';
    this.#calls = new CallLog(facts, findings);
    this.#issuance = new IssuanceLog(facts, findings);
    this.#secrets = new SecretLog(facts, findings);
    this.#roles = new RoleLog(facts, findings);
    this.#data = new DataEvents(facts);
    this.#claims = new Map(
      facts.leases.flatMap((lease) =>
        lease.claim === undefined ? [] : [[lease, new WorkerClaims(lease, lease.claim, findings)]],
      ),
    );
    this.#byKey = new Map(facts.leases.map((lease) => [lease.accessKeyId, lease]));
    this.#taskRoles = new Set(facts.leases.map(({ roleArn }) => roleArn));
  }

  /** What the trail must cover for a complete audit. Final only after the last record was observed. */
  get requiredCoverage(): RequiredCoverage {
    return requiredCoverageOf(this.facts, this.#regions);
  }

  /** Returns true if the record concerns the task. */
  observe(event: TrailEvent): boolean {
    this.#data.observe(event);
    this.#observeTrail(event);
    const lease = this.#leaseOf(event);
    const isStray = lease === undefined && this.#isInTaskName(event);
    if (!isStray && lease === undefined && !SOURCES_ABOUT_TASKS.has(event.source)) return false;
    const identity = identityOf(event);
    if (this.#seen.has(identity)) return true;
    const concerned = [
      this.#issuance.observe(event),
      this.#secrets.observe(event),
      this.#roles.observe(event),
      lease !== undefined && this.#observeCall(event, lease),
      isStray && this.#observeStray(event),
    ].includes(true);
    if (!concerned) return false;
    if (event.accountId === this.facts.place?.accountId) this.#regions.add(event.region);
    if (this.#seen.size < REMEMBERED_RECORDS) this.#seen.add(identity);
    return true;
  }

  /** Call this once, after the last record. */
  finish(read: ReadTotals, coverage: Coverage): AuditResult {
    const { facts, findings } = this;
    findCoverageGaps(facts, coverage, findings);
    const isWhole = isComplete(findings);
    const proving = provingFilesOf(coverage);
    const hasManagementEvents = this.#findMissingManagement(proving);
    const hasManagement = this.#issuance.finish() && hasManagementEvents;
    this.#secrets.finish(this.#issuance.issuers);
    this.#roles.finish();
    this.#data.finish(findings, proving);
    const seen = {
      data: this.#data,
      proving,
      hasManagement,
      isWhole,
      isLate: isPastDelivery(coverage, facts),
    };
    for (const claims of this.#claims.values()) claims.finish(seen);
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
      trail: { ...read, ...coveredSpan(coverage), digests, signatures },
    };
  }

  /** Collects what a record shows about the trail itself, independent of the caller. */
  #observeTrail(event: TrailEvent): void {
    if (event.category === 'management' && isInTaskTime(event, this.facts))
      this.#managementEvents.add(event.region, event.file, event.second);
    if (isReconfigured(event, this.facts))
      this.findings.gap('trail-reconfigured', `${event.name} at ${event.at}, record ${event.eventId}.`);
  }

  #findMissingManagement(proving: ProvingFiles): boolean {
    const missing = this.requiredCoverage.regions.filter(
      (region) => !this.#managementEvents.isProven(region, proving),
    );
    for (const region of missing) this.findings.gap('no-management-events', `None in ${region}.`);
    return missing.length === 0;
  }

  /**
   * A service that acts for the session may use its own access key. The source identity stays the session's.
   */
  #leaseOf(event: TrailEvent): LeaseFacts | undefined {
    const { accessKeyId, invokedBy } = event.caller;
    const lease = this.#byKey.get(accessKeyId);
    if (lease !== undefined || invokedBy === null || !this.#isInTaskName(event)) return lease;
    return this.facts.leases.findLast(({ issuedSecond }) => issuedSecond <= event.second);
  }

  #isInTaskName({ caller }: TrailEvent): boolean {
    const { boundaryId } = this.facts;
    if (caller.sourceIdentity === boundaryId) return true;
    return caller.sessionName === boundaryId && this.#taskRoles.has(caller.roleArn);
  }

  #observeCall(event: TrailEvent, lease: LeaseFacts): boolean {
    const call = this.#calls.observe(event, lease);
    this.#claims.get(lease)?.observe(call);
    return true;
  }

  #observeStray(event: TrailEvent): boolean {
    const [permission] = requiredPermissions(event) ?? [];
    const isCanary =
      permission?.action === 'secretsmanager:DescribeSecret' &&
      isSessionSecret(secretNameIn(permission.resource));
    this.#issuance.observeStray(event, isCanary);
    return true;
  }
}

/**
 * Identifies a record, independent of its file. With the event id alone, a forged record could replace a real
 * one.
 */
const identityOf = (event: TrailEvent): string => sha256Hex(JSON.stringify({ ...event, file: null }));

/** Services whose records may concern the task, whichever principal calls. */
const SOURCES_ABOUT_TASKS = new Set([
  'sts.amazonaws.com',
  'secretsmanager.amazonaws.com',
  'iam.amazonaws.com',
]);
