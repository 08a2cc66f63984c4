import { answerOf } from './answers.ts';
import { parseDenyPolicyName } from '../ids.ts';
import { decide } from '../iam/evaluate.ts';
import { parsePolicy } from '../iam/parse.ts';
import type { Findings } from './findings.ts';
import type { RecordRef } from './result.ts';
import type { ViolationRule } from './rules.ts';
import type { TaskFacts } from './task-facts.ts';
import { refOf, textIn, type TrailEvent } from './trail-event.ts';

/** Changes of a role that a task with access must not see. */
const CHANGES: Readonly<Record<string, ViolationRule>> = {
  PutRolePermissionsBoundary: 'role-boundary-changed',
  DeleteRolePermissionsBoundary: 'role-boundary-changed',
  UpdateAssumeRolePolicy: 'role-trust-changed',
  AttachRolePolicy: 'role-policy-changed',
  DetachRolePolicy: 'role-policy-changed',
};

const roleNameOf = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf('/') + 1);

/** What was done to the task's role while it had access, and to its deny until the deadline. */
export class RoleLog {
  readonly #facts: TaskFacts;
  readonly #findings: Findings;
  readonly #roles: ReadonlySet<string>;
  #isDenied = false;

  constructor(facts: TaskFacts, findings: Findings) {
    this.#facts = facts;
    this.#findings = findings;
    this.#roles = new Set(facts.leases.map(({ roleArn }) => roleNameOf(roleArn)));
  }

  /** True when it changes the task's role. */
  see(event: TrailEvent): boolean {
    const roleName = textIn(event.parameters, 'roleName');
    if (event.source !== 'iam.amazonaws.com' || !this.#roles.has(roleName)) return false;
    if (answerOf(event) !== 'answered') return false;
    const ref = refOf(event, { action: `iam:${event.name}`, resource: roleName });
    if (event.name === 'PutRolePolicy' || event.name === 'DeleteRolePolicy') return this.#inline(event, ref);
    const rule = CHANGES[event.name];
    if (rule === undefined || !this.#hadAccess(event)) return false;
    this.#findings.violate(rule, ref);
    return true;
  }

  conclude(): void {
    const { deny } = this.#facts;
    if (deny?.effective === true && !this.#isDenied)
      this.#findings.gap('deny-missing', `${deny.policyName}.`);
  }

  #hadAccess({ second }: TrailEvent): boolean {
    const { leases, provenSecond, lastSecond } = this.#facts;
    const firstSecond = Math.min(...leases.map(({ issuedSecond }) => issuedSecond));
    return second >= firstSecond && second <= (provenSecond ?? lastSecond);
  }

  /** Other tasks' denies come and go on the same role. */
  #inline(event: TrailEvent, ref: RecordRef): boolean {
    const policyName = textIn(event.parameters, 'policyName');
    const named = parseDenyPolicyName(policyName);
    if (named !== undefined && named.boundaryId !== this.#facts.boundaryId) return false;
    if (named === undefined) {
      if (this.#hadAccess(event)) this.#findings.violate('role-policy-changed', ref);
    } else if (event.name === 'PutRolePolicy') this.#put(event, policyName, ref);
    else if (event.second < named.deadlineMs / 1000) this.#findings.violate('deny-lifted-early', ref);
    return true;
  }

  #put(event: TrailEvent, policyName: string, ref: RecordRef): void {
    if (!this.#denies(textIn(event.parameters, 'policyDocument')))
      this.#findings.violate('deny-replaced', ref);
    else if (policyName === this.#facts.deny?.policyName) this.#isDenied = true;
  }

  #denies(text: string): boolean {
    try {
      const document = parsePolicy(text.startsWith('%') ? decodeURIComponent(text) : text, 'identity');
      const [lease] = this.#facts.leases;
      const accountId = lease?.roleArn.split(':')[4] ?? '';
      const { decision } = decide(
        {
          principal: { kind: 'role-session', accountId, ...(lease && { roleArn: lease.roleArn }) },
          action: 'taskbound:Anything',
          resource: '*',
          context: { 'aws:SourceIdentity': this.#facts.boundaryId },
        },
        { identity: [{ name: 'deny', document }] },
      );
      return decision === 'explicit-deny';
    } catch {
      return false;
    }
  }
}
