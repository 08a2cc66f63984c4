import type { JudgedCall } from './call-log.ts';
import { containerOf, type DataEvents } from './data-events.ts';
import type { Findings } from './findings.ts';
import { FirstRefs } from './first-refs.ts';
import { secretNameIn } from './needs/secrets-manager.ts';
import type { RecordRef } from './result.ts';
import type { Claim, ClaimedUse, LeaseFacts } from './task-facts.ts';

/**
 * An SDK makes a call three times at most before it gives up: of one reported use there may be three answered records, when answers were
 * lost on their way. https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const TRIES = 3;

/** The same thing under the names that worker and trail give it: secrets and tables by name or ARN. */
function thingOf(action: string, resource: string): string {
  const container = action.startsWith('dynamodb:') ? containerOf(action, resource) : undefined;
  return `${action} ${container ?? (action.startsWith('secretsmanager:') ? secretNameIn(resource) : resource)}`;
}

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
  readonly hasManagement: boolean;
  /** Nothing that was there is missing. */
  readonly isWhole: boolean;
}

/** Records of one thing that are kept, to be named when there are too many. */
const EXCESS = 20;

/** The worker's own word about one lease, held against the trail. */
export class WorkerWord {
  readonly #lease: LeaseFacts;
  readonly #claim: Claim;
  readonly #findings: Findings;
  readonly #things = new Map<string, Thing>();
  readonly #byRequest = new Set<string>();
  /** Request ids of reported uses whose answered record was seen. */
  readonly #seen = new Set<string>();

  constructor(lease: LeaseFacts, claim: Claim, findings: Findings) {
    this.#lease = lease;
    this.#claim = claim;
    this.#findings = findings;
    for (const use of claim.uses) {
      const id = thingOf(use.action, use.resource);
      const thing = this.#things.get(id) ?? { uses: [], unnamed: 0, records: new FirstRefs(EXCESS) };
      this.#things.set(id, thing);
      thing.uses.push(use);
      if (use.requestId !== '') this.#byRequest.add(use.requestId);
    }
  }

  /** Only answered calls matter: a refused one changed nothing, and what never reached AWS has no record. */
  see({ event, needs, answer, ref }: JudgedCall): void {
    if (answer !== 'answered' || needs === undefined || event.caller.invokedBy !== null) return;
    if (this.#byRequest.has(event.requestId)) {
      this.#seen.add(event.requestId);
      return;
    }
    for (const { action, resource } of needs) {
      if (this.#isCanary(action, resource)) continue;
      const thing = this.#things.get(thingOf(action, resource));
      if (thing === undefined) this.#unreported(ref);
      else {
        thing.unnamed += 1;
        thing.records.add(ref);
      }
    }
  }

  conclude(trail: TrailView): void {
    for (const thing of this.#things.values()) this.#concludeOne(thing, trail);
  }

  #concludeOne(thing: Thing, trail: TrailView): void {
    const missing = thing.uses.filter(
      ({ outcome, requestId }) => outcome === 'ok' && !this.#seen.has(requestId),
    );
    for (const use of missing.slice(thing.unnamed)) this.#notInTrail(use, trail);
    if (thing.unnamed > thing.uses.length * TRIES)
      for (const ref of thing.records.list) this.#unreported(ref);
  }

  #notInTrail({ action, resource, requestId }: ClaimedUse, trail: TrailView): void {
    const container = containerOf(action, resource);
    if (container !== undefined && !trail.data.isLogged(container))
      return this.#findings.gap('no-data-events', `None of ${container}, which the worker used.`);
    if (!trail.isWhole || (container === undefined && !trail.hasManagement)) return;
    this.#findings.violate(
      'use-not-in-trail',
      undefined,
      `Lease ${this.#lease.number}: ${action} on ${resource}, request ${requestId || 'without an id'}.`,
    );
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
