import type { JudgedCall } from './call-log.ts';
import { containerOf, type DataEvents } from '../trail/data-events.ts';
import type { Findings } from '../findings.ts';
import { FirstRefs } from '../first-refs.ts';
import type { Need } from '../required-permissions/required-permissions.ts';
import { secretNameIn } from '../../names/secret-id.ts';
import type { Proving } from '../trail/observed-events.ts';
import type { RecordRef } from '../result.ts';
import type { Claim, ClaimedUse, LeaseFacts } from '../task-facts.ts';

/**
 * An SDK makes a call three times at most before it gives up: of one reported use there may be three answered records, when answers were
 * lost on their way. https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const TRIES = 3;

/** Evidence of runtimes that did not tell versions of objects apart has `s3:GetObject` for both. */
const withoutVersion = (action: string): string => action.replace('ObjectVersion', 'Object');

/** The same thing under the names that worker and trail give it: secrets and tables by name or ARN. */
function thingOf(action: string, resource: string): string {
  const container = action.startsWith('dynamodb:') ? containerOf(action, resource) : undefined;
  return `${withoutVersion(action)} ${container ?? (action.startsWith('secretsmanager:') ? secretNameIn(resource) : resource)}`;
}

/** What the runtime shortened or redacted is known by its beginning only. */
const isWhole = (resource: string): boolean => !resource.endsWith('…') && !resource.includes('[redacted]');

/** Services whose resources worker and trail spell alike, or by names that are known here. */
const COMPARED = /^(s3|dynamodb|secretsmanager):/;

/** Whether a reported use can be the call of the record with its request id: an id alone would let one call pass for another. */
function isSame(use: ClaimedUse, need: Need): boolean {
  if (use.action.split(':')[0] !== need.action.split(':')[0]) return false;
  if (!COMPARED.test(use.action)) return true;
  if (withoutVersion(use.action) !== withoutVersion(need.action)) return false;
  return !isWhole(use.resource) || thingOf(use.action, use.resource) === thingOf(need.action, need.resource);
}

/** The runtime tells of one use a call, of a copy two: what it reads and what it writes. */
const COPIES = new Set(['CopyObject', 'UploadPartCopy']);

/** What was reported of one thing, and what the trail has of it. */
interface Thing {
  readonly uses: ClaimedUse[];
  /** Answered records that no use names by its request id. */
  unnamed: number;
  readonly records: FirstRefs;
}

/** What the trail has at all. */
interface TrailView {
  readonly data: DataEvents;
  readonly proving: Proving;
  readonly hasManagement: boolean;
  /** It reaches so far that nothing can still be on its way. */
  readonly isLate: boolean;
  /** Nothing that was there is missing. */
  readonly isWhole: boolean;
}

/** The worker's own word about one lease, held against the trail. */
export class WorkerWord {
  readonly #lease: LeaseFacts;
  readonly #claim: Claim;
  readonly #findings: Findings;
  readonly #things = new Map<string, Thing>();
  readonly #byRequest = new Map<string, ClaimedUse[]>();
  /** Reported uses whose answered record was seen. */
  readonly #seen = new Set<ClaimedUse>();

  constructor(lease: LeaseFacts, claim: Claim, findings: Findings) {
    this.#lease = lease;
    this.#claim = claim;
    this.#findings = findings;
    for (const use of claim.uses) {
      const id = thingOf(use.action, use.resource);
      const thing = this.#things.get(id) ?? { uses: [], unnamed: 0, records: new FirstRefs() };
      this.#things.set(id, thing);
      thing.uses.push(use);
      if (use.requestId !== '')
        this.#byRequest.set(use.requestId, [...(this.#byRequest.get(use.requestId) ?? []), use]);
    }
  }

  /** Only answered calls matter: a refused one changed nothing, and what never reached AWS has no record. */
  see({ event, needs, answer, ref }: JudgedCall): void {
    if (answer !== 'answered' || event.caller.invokedBy !== null) return;
    const named = this.#byRequest.get(event.requestId) ?? [];
    // Of a batch the record does not tell what was asked: it is there, and stays undecided.
    if (needs === undefined || needs.length === 0) for (const use of named) this.#seen.add(use);
    for (const need of (needs ?? []).slice(0, COPIES.has(event.name) ? 2 : 1)) {
      const same = named.filter((use) => isSame(use, need));
      for (const use of same) this.#seen.add(use);
      if (same.length === 0) this.#unnamed(need, ref);
    }
  }

  #unnamed({ action, resource }: Need, ref: RecordRef): void {
    if (this.#isCanary(action, resource)) return;
    const thing = this.#things.get(thingOf(action, resource));
    if (thing === undefined) return this.#unreported(ref);
    thing.unnamed += 1;
    thing.records.add(ref);
  }

  conclude(trail: TrailView): void {
    for (const thing of this.#things.values()) this.#concludeOne(thing, trail);
  }

  #concludeOne(thing: Thing, trail: TrailView): void {
    const missing = thing.uses.filter((use) => use.outcome === 'ok' && !this.#seen.has(use));
    for (const use of missing.slice(thing.unnamed)) this.#notInTrail(use, trail);
    if (thing.unnamed > thing.uses.length * TRIES && this.#claim.complete)
      this.#findings.violateAll('unreported-use', thing.records);
  }

  #notInTrail({ action, resource, requestId }: ClaimedUse, trail: TrailView): void {
    const container = containerOf(action, resource);
    if (!trail.data.isLogged(action, resource, trail.proving))
      return this.#findings.gap('no-data-events', `None of ${container} as the worker used it.`);
    if (!trail.isWhole || (container === undefined && !trail.hasManagement)) return;
    const what = `Lease ${this.#lease.number}: ${action} on ${resource}, request ${requestId || 'without an id'}.`;
    if (!trail.isLate) return this.#findings.gap('use-not-yet-in-trail', what);
    this.#findings.violate('use-not-in-trail', undefined, what);
  }

  #unreported(ref: RecordRef): void {
    if (this.#claim.complete) this.#findings.violate('unreported-use', ref);
  }

  /** The control plane asks with the task's own key whether it is let in: `IssueIdentity` once, `ProveRevoked` until it is not. */
  #isCanary(action: string, resource: string): boolean {
    return (
      action === 'secretsmanager:DescribeSecret' && secretNameIn(resource) === this.#lease.sessionSecretName
    );
  }
}
