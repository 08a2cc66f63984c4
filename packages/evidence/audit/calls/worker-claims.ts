import type { DecidedCall } from './call-log.ts';
import { containerOf, type DataEvents } from '../trail/data-events.ts';
import type { AuditFindings } from '../findings.ts';
import { FirstRefs } from '../first-refs.ts';
import type { RequiredPermission } from '../required-permissions/required-permissions.ts';
import { secretNameIn } from '../../names/secret-id.ts';
import type { ProvingFiles } from '../trail/observed-events.ts';
import type { RecordRef } from '../result.ts';
import type { Claim, ClaimedUse, LeaseFacts } from '../task-facts.ts';

/**
 * An SDK tries a call at most three times. One reported use may therefore have three answered records, if
 * answers were lost. https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const TRIES = 3;

/** Older runtimes report `s3:GetObject` for reads with and without a version. */
const withoutVersion = (action: string): string => action.replace('ObjectVersion', 'Object');

/**
 * One key for the names that the worker and the trail use for a resource: secrets and tables by name or ARN.
 */
function groupKey(action: string, resource: string): string {
  const container = action.startsWith('dynamodb:') ? containerOf(action, resource) : undefined;
  return `${withoutVersion(action)} ${container ?? (action.startsWith('secretsmanager:') ? secretNameIn(resource) : resource)}`;
}

/** Of a name that the runtime shortened or redacted, only the beginning is known. */
const isFullName = (resource: string): boolean => !resource.endsWith('…') && !resource.includes('[redacted]');

/** Services for which the resource names of the worker and of the trail can be compared. */
const COMPARABLE = /^(s3|dynamodb|secretsmanager):/;

/**
 * Whether a reported use matches the record with the same request id. With the id alone, one call could be
 * reported as another.
 */
function isSame(use: ClaimedUse, permission: RequiredPermission): boolean {
  if (use.action.split(':')[0] !== permission.action.split(':')[0]) return false;
  if (!COMPARABLE.test(use.action)) return true;
  if (withoutVersion(use.action) !== withoutVersion(permission.action)) return false;
  return (
    !isFullName(use.resource) ||
    groupKey(use.action, use.resource) === groupKey(permission.action, permission.resource)
  );
}

/** The runtime reports one use for each call, and two for a copy: what it reads and what it writes. */
const COPIES = new Set(['CopyObject', 'UploadPartCopy']);

/** Reported uses and trail records of one action on one resource. */
interface UseGroup {
  readonly uses: ClaimedUse[];
  /** Answered records without a use of the same request id. */
  unmatched: number;
  readonly records: FirstRefs;
}

/** What the trail contains as a whole. */
interface TrailView {
  readonly data: DataEvents;
  readonly proving: ProvingFiles;
  readonly hasManagement: boolean;
  /** The trail ends so late that no record can still be delivered. */
  readonly isLate: boolean;
  /** No delivered record is missing. */
  readonly isWhole: boolean;
}

/** Compares what the worker reported about one lease with the trail. */
export class WorkerClaims {
  readonly #lease: LeaseFacts;
  readonly #claim: Claim;
  readonly #findings: AuditFindings;
  readonly #groups = new Map<string, UseGroup>();
  readonly #byRequest = new Map<string, ClaimedUse[]>();
  /** Reported uses whose answered record was observed. */
  readonly #seen = new Set<ClaimedUse>();

  constructor(lease: LeaseFacts, claim: Claim, findings: AuditFindings) {
    this.#lease = lease;
    this.#claim = claim;
    this.#findings = findings;
    for (const use of claim.uses) {
      const id = groupKey(use.action, use.resource);
      const group = this.#groups.get(id) ?? { uses: [], unmatched: 0, records: new FirstRefs() };
      this.#groups.set(id, group);
      group.uses.push(use);
      if (use.requestId !== '')
        this.#byRequest.set(use.requestId, [...(this.#byRequest.get(use.requestId) ?? []), use]);
    }
  }

  /**
   * Only answered calls matter: a refused call had no effect, and a call that never reached AWS has no
   * record.
   */
  observe({ event, permissions, answer, ref }: DecidedCall): void {
    if (answer !== 'answered' || event.caller.invokedBy !== null) return;
    const named = this.#byRequest.get(event.requestId) ?? [];
    // The record of a batch call does not show its items. The use counts as observed, and the call remains
    // undecided.
    if (permissions === undefined || permissions.length === 0) for (const use of named) this.#seen.add(use);
    for (const permission of (permissions ?? []).slice(0, COPIES.has(event.name) ? 2 : 1)) {
      const same = named.filter((use) => isSame(use, permission));
      for (const use of same) this.#seen.add(use);
      if (same.length === 0) this.#addUnmatched(permission, ref);
    }
  }

  #addUnmatched({ action, resource }: RequiredPermission, ref: RecordRef): void {
    if (this.#isCanary(action, resource)) return;
    const group = this.#groups.get(groupKey(action, resource));
    if (group === undefined) return this.#findUnreported(ref);
    group.unmatched += 1;
    group.records.add(ref);
  }

  finish(trail: TrailView): void {
    for (const group of this.#groups.values()) this.#finishGroup(group, trail);
  }

  #finishGroup(group: UseGroup, trail: TrailView): void {
    const missing = group.uses.filter((use) => use.outcome === 'ok' && !this.#seen.has(use));
    for (const use of missing.slice(group.unmatched)) this.#findMissing(use, trail);
    if (group.unmatched > group.uses.length * TRIES && this.#claim.complete)
      this.#findings.violateAll('unreported-use', group.records);
  }

  #findMissing({ action, resource, requestId }: ClaimedUse, trail: TrailView): void {
    const container = containerOf(action, resource);
    if (!trail.data.isLogged(action, resource, trail.proving))
      return this.#findings.gap('no-data-events', `There are none for ${container}, which the worker used.`);
    if (!trail.isWhole || (container === undefined && !trail.hasManagement)) return;
    const what = `Lease ${this.#lease.number}: ${action} on ${resource}, request ${requestId || 'without id'}.`;
    if (!trail.isLate) return this.#findings.gap('use-not-yet-in-trail', what);
    this.#findings.violate('use-not-in-trail', undefined, what);
  }

  #findUnreported(ref: RecordRef): void {
    if (this.#claim.complete) this.#findings.violate('unreported-use', ref);
  }

  /**
   * The control plane probes with the task's own key: `IssueIdentity` once, `ProveRevoked` until the call is
   * refused.
   */
  #isCanary(action: string, resource: string): boolean {
    return (
      action === 'secretsmanager:DescribeSecret' && secretNameIn(resource) === this.#lease.sessionSecretName
    );
  }
}
