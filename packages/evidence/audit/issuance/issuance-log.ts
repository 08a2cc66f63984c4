import { answerOf } from '../calls/answers.ts';
import { BOUNDARY_TAG } from '../../names/ids.ts';
import type { AuditFindings } from '../findings.ts';
import { FirstRefs, LISTED_RECORDS } from '../first-refs.ts';
import type { RecordRef } from '../result.ts';
import type { LeaseFacts, TaskFacts } from '../task-facts.ts';
import { fieldsOf, refOf, textIn, type Fields, type TrailEvent } from '../trail/trail-event.ts';

/** How many unknown access keys are tracked one by one. More are only counted as more. */
const REMEMBERED_KEYS = 1000;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html */
const SESSION_CALLS = new Set(['AssumeRole', 'AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML']);

/** An access key that was used in the task's name and is not in the evidence. */
interface StrayKey {
  readonly refs: FirstRefs;
  /** Uses other than the canary of `IssueIdentity`. */
  beyondCanary: number;
}

/** Checks how the task's sessions were created, and whether there are other sessions in its name. */
export class IssuanceLog {
  readonly #facts: TaskFacts;
  readonly #findings: AuditFindings;
  readonly #byLease = new Map<LeaseFacts, FirstRefs>();
  /** Roles that created the sessions in the evidence. */
  readonly issuers = new Map<string, RecordRef>();
  readonly #unknownSessions = new FirstRefs();
  readonly #unknownKeys = new Set<string>();
  readonly #strayKeys = new Map<string, StrayKey>();

  constructor(facts: TaskFacts, findings: AuditFindings) {
    this.#facts = facts;
    this.#findings = findings;
  }

  /** Returns true if the record creates a session in the task's name, with any of the three calls. */
  observe(event: TrailEvent): boolean {
    if (event.source !== 'sts.amazonaws.com' || !SESSION_CALLS.has(event.name)) return false;
    const key = textIn(fieldsOf(event.response['credentials']), 'accessKeyId');
    const lease = this.#facts.leases.find(({ accessKeyId }) => accessKeyId === key);
    if (lease === undefined && !this.#namesTask(event)) return false;
    const ref = refOf(event, { action: `sts:${event.name}`, resource: textIn(event.parameters, 'roleArn') });
    if (answerOf(event) !== 'answered') return true;
    if (lease !== undefined) this.#issued(event, lease, ref);
    else {
      this.#unknownSessions.add(ref);
      if (this.#unknownKeys.size < REMEMBERED_KEYS) this.#unknownKeys.add(key);
    }
    return true;
  }

  /** Observes a call with an access key that is not in the evidence. */
  observeStray(event: TrailEvent, isCanary: boolean): void {
    const key = event.caller.accessKeyId ?? '';
    const stray = this.#strayKeys.get(key) ?? { refs: new FirstRefs(), beyondCanary: 0 };
    if (this.#strayKeys.size < REMEMBERED_KEYS) this.#strayKeys.set(key, stray);
    stray.refs.add(refOf(event));
    stray.beyondCanary += Number(!isCanary);
  }

  /**
   * Returns whether the trail contains the creation of every session. If not, management events are missing.
   */
  finish(): boolean {
    const missing = this.#facts.leases.filter((lease) => !this.#byLease.has(lease));
    for (const { number, accessKeyId } of missing)
      this.#findings.gap('issuance-missing', `Lease ${number}, key ${accessKeyId}.`);
    for (const refs of this.#byLease.values())
      if (refs.count > 1) this.#findings.violateAll('issued-twice', refs);
    this.#findUnknownSessions();
    return missing.length === 0;
  }

  /**
   * If STS's answer was lost, or `IssueIdentity` died before it recorded the session, a session may exist
   * that is not in the evidence and that no one can use. There may be as many of them as the evidence has
   * leases with an unknown outcome. If its key is used for more than `IssueIdentity`'s own canary, the
   * session was not lost.
   */
  #findUnknownSessions(): void {
    // Until the boundary is closed, the evidence may be incomplete.
    if (!this.#facts.closed) return;
    const areLost = this.#unknownSessions.count <= this.#facts.uncertainLeases;
    if (!areLost) this.#findings.violateAll('issuance-not-in-evidence', this.#unknownSessions);
    for (const [key, { refs, beyondCanary }] of this.#strayKeys) {
      if (areLost && beyondCanary === 0 && this.#unknownKeys.has(key)) continue;
      this.#findings.violateAll('key-never-issued', refs);
    }
  }

  #namesTask({ parameters, response }: TrailEvent): boolean {
    const { boundaryId, leases } = this.#facts;
    const roleArn = textIn(parameters, 'roleArn');
    if (textIn(parameters, 'sourceIdentity') === boundaryId) return true;
    if (tagOf(parameters, BOUNDARY_TAG) === boundaryId) return true;
    // With SAML, the assertion contains the session's name. The record shows the name only in the response.
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
    if (this.issuers.size < LISTED_RECORDS) this.issuers.set(caller.roleArn, ref);
    if (textIn(parameters, 'policy') !== lease.policyText) this.#findings.violate('policy-differs', ref);
    const isNamed =
      textIn(parameters, 'roleArn') === lease.roleArn &&
      textIn(parameters, 'roleSessionName') === lease.sessionName &&
      textIn(parameters, 'sourceIdentity') === lease.sourceIdentity &&
      lease.sessionName === this.#facts.boundaryId;
    if (!isNamed) this.#findings.violate('names-differ', ref);
  }
}

/** The value of a tag of AssumeRole, recorded as `[{ key, value }]`. */
function tagOf(parameters: Fields, key: string): string | undefined {
  const tags: unknown = parameters['tags'];
  const list = Array.isArray(tags) ? tags.map(fieldsOf) : [];
  const tag = list.find((each) => textIn(each, 'key') === key);
  return tag && textIn(tag, 'value');
}
