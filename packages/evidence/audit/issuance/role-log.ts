import { denyPolicy } from '../../policy/deny-policy.ts';
import { canonicalJson } from '../../canonical-json/digest.ts';
import { answerOf } from '../calls/answers.ts';
import { parseDenyPolicyName } from '../../names/ids.ts';
import type { Findings } from '../findings.ts';
import type { RecordRef } from '../result.ts';
import type { ViolationRule } from '../rules.ts';
import type { TaskFacts } from '../task-facts.ts';
import { refOf, textIn, type TrailEvent } from '../trail/trail-event.ts';

/** Changes of a role that a task must not see. */
const CHANGES = new Map<string, ViolationRule>(
  Object.entries({
    PutRolePermissionsBoundary: 'role-boundary-changed',
    DeleteRolePermissionsBoundary: 'role-boundary-changed',
    UpdateAssumeRolePolicy: 'role-trust-changed',
    AttachRolePolicy: 'role-policy-changed',
    DetachRolePolicy: 'role-policy-changed',
    CreateRole: 'role-replaced',
    DeleteRole: 'role-replaced',
  } as const),
);

/** What gives a managed policy other words. A version that is deleted was not in force: IAM does not delete that one. */
const NEW_WORDS = new Set(['CreatePolicyVersion', 'SetDefaultPolicyVersion']);

/** IAM takes names in any case for the same: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const nameIn = (event: TrailEvent, field: string): string => textIn(event.parameters, field).toLowerCase();
const roleNameOf = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf('/') + 1).toLowerCase();

/** What the ARNs of the stack's managed policies begin with, its ceilings among them: they stand under the path of its roles. */
const policiesBeside = (roleArn: string): string =>
  roleArn
    .slice(0, roleArn.lastIndexOf('/') + 1)
    .replace(':role/', ':policy/')
    .toLowerCase();

/** What was done to the task's role and its ceiling from the request on, and to its deny until the deadline. */
export class RoleLog {
  readonly #facts: TaskFacts;
  readonly #findings: Findings;
  readonly #roles: ReadonlySet<string>;
  readonly #policies: ReadonlySet<string>;
  #isDenied = false;

  constructor(facts: TaskFacts, findings: Findings) {
    this.#facts = facts;
    this.#findings = findings;
    this.#roles = new Set(facts.leases.map(({ roleArn }) => roleNameOf(roleArn)));
    this.#policies = new Set(facts.leases.map(({ roleArn }) => policiesBeside(roleArn)));
  }

  /** True when it changes the task's role, or a policy that may bound it. */
  see(event: TrailEvent): boolean {
    if (event.source !== 'iam.amazonaws.com' || answerOf(event) !== 'answered') return false;
    if (NEW_WORDS.has(event.name)) return this.#newWords(event);
    const roleName = nameIn(event, 'roleName');
    if (!this.#roles.has(roleName)) return false;
    const ref = refOf(event, { action: `iam:${event.name}`, resource: textIn(event.parameters, 'roleName') });
    if (event.name === 'PutRolePolicy' || event.name === 'DeleteRolePolicy') return this.#inline(event, ref);
    const rule = CHANGES.get(event.name);
    if (rule === undefined || !this.#concerns(event)) return false;
    this.#findings.violate(rule, ref);
    return true;
  }

  #newWords(event: TrailEvent): boolean {
    const resource = textIn(event.parameters, 'policyArn');
    const isOurs = [...this.#policies].some((prefix) => resource.toLowerCase().startsWith(prefix));
    const isInForce =
      event.name === 'SetDefaultPolicyVersion' || String(event.parameters['setAsDefault']) === 'true';
    if (!isOurs || !isInForce || !this.#concerns(event)) return false;
    this.#findings.violate('ceiling-changed', refOf(event, { action: `iam:${event.name}`, resource }));
    return true;
  }

  conclude(): void {
    const { deny } = this.#facts;
    if (deny?.effective === true && !this.#isDenied)
      this.#findings.gap('deny-missing', `${deny.policyName}.`);
  }

  /** From the request on: what was changed before the session was made counts in it. */
  #concerns({ second }: TrailEvent): boolean {
    const { requestedSecond, provenSecond, lastSecond } = this.#facts;
    return second >= requestedSecond && second <= (provenSecond ?? lastSecond);
  }

  /** Other tasks' denies come and go on the same role. */
  #inline(event: TrailEvent, ref: RecordRef): boolean {
    const own = this.#facts.deny?.policyName;
    const isOwn = nameIn(event, 'policyName') === own?.toLowerCase();
    const policyName = isOwn && own !== undefined ? own : textIn(event.parameters, 'policyName');
    const named = parseDenyPolicyName(policyName);
    if (named !== undefined && named.boundaryId !== this.#facts.boundaryId) return false;
    if (named === undefined) {
      if (this.#concerns(event)) this.#findings.violate('role-policy-changed', ref);
    } else if (event.name === 'PutRolePolicy') this.#put(event, policyName, ref);
    else if (event.second < named.deadlineMs / 1000) this.#findings.violate('deny-lifted-early', ref);
    return true;
  }

  #put(event: TrailEvent, policyName: string, ref: RecordRef): void {
    if (!this.#denies(textIn(event.parameters, 'policyDocument')))
      this.#findings.violate('deny-replaced', ref);
    else if (policyName === this.#facts.deny?.policyName) this.#isDenied = true;
  }

  /** The very policy that RevokeAndRecord puts: any other one denies less, or may. */
  #denies(text: string): boolean {
    try {
      const document: unknown = JSON.parse(text.startsWith('%') ? decodeURIComponent(text) : text);
      return canonicalJson(document) === canonicalJson(denyPolicy(this.#facts.boundaryId));
    } catch {
      return false;
    }
  }
}
