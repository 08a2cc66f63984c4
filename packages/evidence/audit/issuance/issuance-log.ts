import { answerOf } from '../calls/answers.ts';
import { BOUNDARY_TAG } from '../../names/ids.ts';
import type { Findings } from '../findings.ts';
import { FirstRefs, NAMED } from '../first-refs.ts';
import type { RecordRef } from '../result.ts';
import type { LeaseFacts, TaskFacts } from '../task-facts.ts';
import { fieldsOf, refOf, textIn, type Fields, type TrailEvent } from '../trail/trail-event.ts';

/** Keys that nobody issued which are told apart; of more it is known that there are more. */
const KEYS = 1000;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html */
const MAKING = new Set(['AssumeRole', 'AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML']);

/** A key that was used in the task's name and that the evidence does not have. */
interface StrayKey {
  readonly refs: FirstRefs;
  /** Uses that are more than the canary of `IssueIdentity`. */
  beyondCanary: number;
}

/** How the task's sessions came into being, and whether there are others in its name. */
export class IssuanceLog {
  readonly #facts: TaskFacts;
  readonly #findings: Findings;
  readonly #byLease = new Map<LeaseFacts, FirstRefs>();
  /** Roles that made sessions which the evidence has. */
  readonly issuers = new Map<string, RecordRef>();
  readonly #strangers = new FirstRefs();
  readonly #strangerKeys = new Set<string>();
  readonly #strayKeys = new Map<string, StrayKey>();

  constructor(facts: TaskFacts, findings: Findings) {
    this.#facts = facts;
    this.#findings = findings;
  }

  /** True when the record is of the making of a session in the task's name, in any of the three ways. */
  see(event: TrailEvent): boolean {
    if (event.source !== 'sts.amazonaws.com' || !MAKING.has(event.name)) return false;
    const key = textIn(fieldsOf(event.response['credentials']), 'accessKeyId');
    const lease = this.#facts.leases.find(({ accessKeyId }) => accessKeyId === key);
    if (lease === undefined && !this.#namesTask(event)) return false;
    const ref = refOf(event, { action: `sts:${event.name}`, resource: textIn(event.parameters, 'roleArn') });
    if (answerOf(event) !== 'answered') return true;
    if (lease !== undefined) this.#issued(event, lease, ref);
    else {
      this.#strangers.add(ref);
      if (this.#strangerKeys.size < KEYS) this.#strangerKeys.add(key);
    }
    return true;
  }

  /** A call with a key that the evidence does not have. */
  seeStray(event: TrailEvent, isCanary: boolean): void {
    const key = event.caller.accessKeyId ?? '';
    const stray = this.#strayKeys.get(key) ?? { refs: new FirstRefs(), beyondCanary: 0 };
    if (this.#strayKeys.size < KEYS) this.#strayKeys.set(key, stray);
    stray.refs.add(refOf(event));
    stray.beyondCanary += Number(!isCanary);
  }

  /** Whether the trail has the making of every session; without, it has no management events of that time. */
  conclude(): boolean {
    const missing = this.#facts.leases.filter((lease) => !this.#byLease.has(lease));
    for (const { number, accessKeyId } of missing)
      this.#findings.gap('issuance-missing', `Lease ${number}, key ${accessKeyId}.`);
    for (const refs of this.#byLease.values())
      if (refs.count > 1) this.#findings.violateAll('issued-twice', refs);
    this.#concludeStrangers();
    return missing.length === 0;
  }

  /**
   * When STS's answer was lost, or `IssueIdentity` died before it had told of the session, one may exist that the evidence does not have and
   * nobody can present: as many as there are leases of which the evidence says that nothing is known. Once its key is used for more than
   * `IssueIdentity`'s own canary, it was not lost.
   */
  #concludeStrangers(): void {
    // Before its end the evidence may be a step behind.
    if (!this.#facts.closed) return;
    const areLost = this.#strangers.count <= this.#facts.uncertainLeases;
    if (!areLost) this.#findings.violateAll('issuance-not-in-evidence', this.#strangers);
    for (const [key, { refs, beyondCanary }] of this.#strayKeys) {
      if (areLost && beyondCanary === 0 && this.#strangerKeys.has(key)) continue;
      this.#findings.violateAll('key-never-issued', refs);
    }
  }

  #namesTask({ parameters, response }: TrailEvent): boolean {
    const { boundaryId, leases } = this.#facts;
    const roleArn = textIn(parameters, 'roleArn');
    if (textIn(parameters, 'sourceIdentity') === boundaryId) return true;
    if (tagOf(parameters, BOUNDARY_TAG) === boundaryId) return true;
    // An assertion of SAML has the session's name in it; the record has it in the answer only.
    const [, answered] = textIn(fieldsOf(response['assumedRoleUser']), 'assumedRoleId').split(':');
    return (
      (textIn(parameters, 'roleSessionName') || answered) === boundaryId &&
      leases.some((lease) => lease.roleArn === roleArn)
    );
  }

  #issued({ parameters, caller }: TrailEvent, lease: LeaseFacts, ref: RecordRef): void {
    const refs = this.#byLease.get(lease) ?? new FirstRefs();
    this.#byLease.set(lease, refs);
    refs.add(ref);
    if (this.issuers.size < NAMED) this.issuers.set(caller.roleArn, ref);
    if (textIn(parameters, 'policy') !== lease.policyText) this.#findings.violate('policy-differs', ref);
    const isNamed =
      textIn(parameters, 'roleArn') === lease.roleArn &&
      textIn(parameters, 'roleSessionName') === lease.sessionName &&
      textIn(parameters, 'sourceIdentity') === lease.sourceIdentity &&
      lease.sessionName === this.#facts.boundaryId;
    if (!isNamed) this.#findings.violate('names-differ', ref);
  }
}

/** A tag of AssumeRole, which the record has as `[{ key, value }]`. */
function tagOf(parameters: Fields, key: string): string | undefined {
  const tags: unknown = parameters['tags'];
  const list = Array.isArray(tags) ? tags.map(fieldsOf) : [];
  const tag = list.find((each) => textIn(each, 'key') === key);
  return tag && textIn(tag, 'value');
}
