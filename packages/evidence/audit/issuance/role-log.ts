import { denyPolicy } from '../../policy/deny-policy.ts';
import { canonicalJson } from '../../canonical-json/digest.ts';
import { answerOf } from '../calls/answers.ts';
import { parseDenyPolicyName } from '../../names/ids.ts';
import type { AuditFindings } from '../findings.ts';
import type { RecordRef } from '../result.ts';
import type { ViolationRule } from '../rules.ts';
import type { TaskFacts } from '../task-facts.ts';
import { refOf, textIn, type TrailEvent } from '../trail/trail-event.ts';

/** Changes of a role that must not happen during a task. */
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

/**
 * Calls that change the text of a managed policy. Deleting a version is not one: IAM does not delete the
 * default version.
 */
const POLICY_VERSION_CALLS = new Set(['CreatePolicyVersion', 'SetDefaultPolicyVersion']);

/**
 * IAM names are case-insensitive: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const nameIn = (event: TrailEvent, field: string): string => textIn(event.parameters, field).toLowerCase();
const roleNameOf = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf('/') + 1).toLowerCase();

/**
 * The ARN prefix of the stack's managed policies, which include its ceilings. They have the same path as its
 * roles.
 */
const policyArnPrefix = (roleArn: string): string =>
  roleArn
    .slice(0, roleArn.lastIndexOf('/') + 1)
    .replace(':role/', ':policy/')
    .toLowerCase();

/**
 * Changes of the task's role and its ceiling from the request on, and of its deny policy until the deadline.
 */
export class RoleLog {
  readonly #facts: TaskFacts;
  readonly #findings: AuditFindings;
  readonly #roles: ReadonlySet<string>;
  readonly #policies: ReadonlySet<string>;
  #isDenied = false;

  constructor(facts: TaskFacts, findings: AuditFindings) {
    this.#facts = facts;
    this.#findings = findings;
    this.#roles = new Set(facts.leases.map(({ roleArn }) => roleNameOf(roleArn)));
    this.#policies = new Set(facts.leases.map(({ roleArn }) => policyArnPrefix(roleArn)));
  }

  /** Returns true if the record changes the task's role, or a policy that may be its boundary. */
  observe(event: TrailEvent): boolean {
    if (event.source !== 'iam.amazonaws.com' || answerOf(event) !== 'answered') return false;
    if (POLICY_VERSION_CALLS.has(event.name)) return this.#policyVersion(event);
    const roleName = nameIn(event, 'roleName');
    if (!this.#roles.has(roleName)) return false;
    const ref = refOf(event, { action: `iam:${event.name}`, resource: textIn(event.parameters, 'roleName') });
    if (event.name === 'PutRolePolicy' || event.name === 'DeleteRolePolicy') return this.#inline(event, ref);
    const rule = CHANGES.get(event.name);
    if (rule === undefined || !this.#isInTaskTime(event)) return false;
    this.#findings.violate(rule, ref);
    return true;
  }

  #policyVersion(event: TrailEvent): boolean {
    const resource = textIn(event.parameters, 'policyArn');
    const isOfStack = [...this.#policies].some((prefix) => resource.toLowerCase().startsWith(prefix));
    const isInForce =
      event.name === 'SetDefaultPolicyVersion' || String(event.parameters['setAsDefault']) === 'true';
    if (!isOfStack || !isInForce || !this.#isInTaskTime(event)) return false;
    this.#findings.violate('ceiling-changed', refOf(event, { action: `iam:${event.name}`, resource }));
    return true;
  }

  finish(): void {
    const { deny } = this.#facts;
    if (deny?.effective === true && !this.#isDenied)
      this.#findings.gap('deny-missing', `${deny.policyName}.`);
  }

  /** From the request on: a change before the session was created applies to the session as well. */
  #isInTaskTime({ second }: TrailEvent): boolean {
    const { requestedSecond, provenSecond, lastSecond } = this.#facts;
    return second >= requestedSecond && second <= (provenSecond ?? lastSecond);
  }

  /** The deny policies of other tasks are added to and removed from the same role. */
  #inline(event: TrailEvent, ref: RecordRef): boolean {
    const own = this.#facts.deny?.policyName;
    const isOwn = nameIn(event, 'policyName') === own?.toLowerCase();
    const policyName = isOwn && own !== undefined ? own : textIn(event.parameters, 'policyName');
    const named = parseDenyPolicyName(policyName);
    if (named !== undefined && named.boundaryId !== this.#facts.boundaryId) return false;
    if (named === undefined) {
      if (this.#isInTaskTime(event)) this.#findings.violate('role-policy-changed', ref);
    } else if (event.name === 'PutRolePolicy') this.#put(event, policyName, ref);
    else if (event.second < named.deadlineMs / 1000) this.#findings.violate('deny-lifted-early', ref);
    return true;
  }

  #put(event: TrailEvent, policyName: string, ref: RecordRef): void {
    if (!this.#denies(textIn(event.parameters, 'policyDocument')))
      this.#findings.violate('deny-replaced', ref);
    else if (policyName === this.#facts.deny?.policyName) this.#isDenied = true;
  }

  /** Whether this is exactly the policy that RevokeAndRecord writes: any other policy may deny less. */
  #denies(text: string): boolean {
    try {
      const document: unknown = JSON.parse(text.startsWith('%') ? decodeURIComponent(text) : text);
      return canonicalJson(document) === canonicalJson(denyPolicy(this.#facts.boundaryId));
    } catch {
      return false;
    }
  }
}
