import { decide } from 'taskbound-iam/evaluate';
import { denialReason } from 'taskbound-iam/explain';
import type { Decision, NamedPolicy, PolicyKind, PolicySet } from 'taskbound-iam/policy';
import { deniedError } from '../gateway/auth/auth-errors.ts';
import type { Caller, Check } from '../gateway/service.ts';
import type { IamStore } from './iam-store.ts';
import { globalContext, principalOf } from './request-context.ts';
import { UsageLog } from './usage.ts';

/** Milliseconds until a policy change reaches a service: one figure for all, one for each by its signing name, or one that varies. */
export type PolicyDelay =
  number | Readonly<Partial<Record<string, number>>> | ((occasion: Occasion) => number);

/** About what third parties measured on AWS; the documentation promises nothing. */
const DEFAULT_POLICY_DELAY_MS = 4_000;

/** When a check happens and which service makes it. */
export interface Occasion {
  readonly atMs: number;
  readonly service: string;
  /** How old a policy change must be to count, milliseconds. @default the authorizer's own delay */
  readonly delayMs?: number;
}

/** The account's owner, and the people whom the owner lets act: their keys may do everything that nothing denies. */
const isOwner = ({ kind }: Caller): boolean => kind === 'root' || kind === 'user';

/** The account's root user may do everything that nothing denies. */
const ROOT_POLICY: NamedPolicy = {
  name: 'root',
  document: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
};

const allowedBy = (decision: Decision, kind: PolicyKind): boolean =>
  decision.decision === 'allow' && decision.statements.some((statement) => statement.kind === kind);

/** S3 puts the resource between quotation marks, the others do not. */
const quoted = (service: string, resource: string): string => (service === 's3' ? `"${resource}"` : resource);

/** Decides every call by core's evaluator, with the policies as the asking service sees them at that time. */
export class Authorizer {
  readonly usage = new UsageLog();
  readonly #store: IamStore;
  readonly #delay: PolicyDelay;

  constructor(store: IamStore, delay: PolicyDelay = DEFAULT_POLICY_DELAY_MS) {
    this.#store = store;
    this.#delay = delay;
  }

  /** Throws `AwsError` AccessDenied, by the service's own name for it, in AWS's own words. */
  authorize(caller: Caller, check: Check, occasion: Occasion): void {
    const decision = this.decide(caller, check, occasion);
    if (decision.decision !== 'allow') {
      throw this.#denied(caller, check, occasion, denialReason(decision, check.action));
    }
    if (isOwner(caller) && check.action.startsWith('sts:') && !allowedBy(decision, 'resource')) {
      throw this.#denied(
        caller,
        check,
        occasion,
        `because no role trust policy allows the ${check.action} action`,
      );
    }
    this.#note(caller, check, decision);
  }

  /** As `authorize`, and the caller's own policies must allow too: passing tags or a source identity asks for both. */
  authorizeOnBothSides(caller: Caller, check: Check, occasion: Occasion): void {
    this.authorize(caller, check, occasion);
    if (caller.kind !== 'role-session') return;
    if (!allowedBy(this.decide(caller, check, occasion), 'identity')) {
      throw this.#denied(
        caller,
        check,
        occasion,
        `because no identity-based policy allows the ${check.action} action`,
      );
    }
  }

  decide(caller: Caller, check: Check, occasion: Occasion): Decision {
    const { action, resource } = check;
    const { atMs, delayMs = this.#delayOf(occasion) } = occasion;
    const context = { ...globalContext(caller, resource, atMs), ...this.#roleTags(caller), ...check.context };
    return decide(
      { principal: principalOf(caller), action, resource, context },
      this.#policies(caller, check, atMs - delayMs),
    );
  }

  #delayOf(occasion: Occasion): number {
    if (typeof this.#delay === 'number') return this.#delay;
    if (typeof this.#delay === 'function') return this.#delay(occasion);
    return this.#delay[occasion.service] ?? DEFAULT_POLICY_DELAY_MS;
  }

  /** A role's own tags are principal tags of its sessions, which session tags override. */
  #roleTags(caller: Caller): Record<string, string> {
    if (caller.roleName === undefined || !this.#store.hasRole(caller.roleName)) return {};
    const tags = { ...this.#store.role(caller.roleName).tags, ...caller.sessionTags };
    return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value]));
  }

  #policies(caller: Caller, check: Check, seenMs: number): PolicySet {
    const resource = check.resourcePolicy && {
      resource: { name: check.resource, document: check.resourcePolicy },
    };
    if (isOwner(caller)) return { identity: [ROOT_POLICY], ...resource };
    if (caller.roleName === undefined || !this.#store.hasRole(caller.roleName))
      return { identity: [], ...resource };
    const session = caller.sessionPolicy && {
      session: { name: 'session policy', document: caller.sessionPolicy },
    };
    return { ...this.#store.policiesOf(caller.roleName, seenMs), ...session, ...resource };
  }

  #denied(caller: Caller, check: Check, { service }: Occasion, reason: string): Error {
    const resource = quoted(service, check.resource);
    return deniedError(
      service,
      `User: ${caller.arn} is not authorized to perform: ${check.action} on resource: ${resource} ${reason}`,
    );
  }

  #note(caller: Caller, { action, resource }: Check, { statements }: Decision): void {
    const roleName = caller.roleName ?? caller.service ?? caller.arn;
    for (const { kind, policy, statement } of statements) {
      this.usage.add({ kind, roleName, policyName: policy, statement, action, resource });
    }
  }
}
