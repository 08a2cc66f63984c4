import { decide } from 'taskbound-iam/evaluate';
import { denialReason } from 'taskbound-iam/explain';
import type { Decision, NamedPolicy, PolicyKind, PolicySet } from 'taskbound-iam/policy';
import { deniedError } from '../gateway/auth/auth-errors.ts';
import type { Caller, Check } from '../gateway/service.ts';
import type { IamStore } from './iam-store.ts';
import { globalContext, principalOf } from './request-context.ts';
import { UsageLog } from './usage.ts';

/**
 * Milliseconds until a policy change takes effect: for all services, by signing name, or computed for each
 * check.
 */
export type PolicyDelay =
  number | Readonly<Partial<Record<string, number>>> | ((occasion: Occasion) => number);

/** Close to what third parties measured on AWS. AWS documents no figure. */
const DEFAULT_POLICY_DELAY_MS = 4_000;

/** The time of a check and the service that makes it. */
export interface Occasion {
  readonly atMs: number;
  readonly service: string;
  /** Policy changes younger than this are not seen, milliseconds. @default the authorizer's own delay */
  readonly delayMs?: number;
}

/** The account's owner and its users. They may do everything that no policy denies. */
const isOwner = ({ kind }: Caller): boolean => kind === 'root' || kind === 'user';

/** The root user may do everything that no policy denies. */
const ROOT_POLICY: NamedPolicy = {
  name: 'root',
  document: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
};

const allowedBy = (decision: Decision, kind: PolicyKind): boolean =>
  decision.decision === 'allow' && decision.statements.some((statement) => statement.kind === kind);

/** S3 quotes the resource in its message; other services do not. */
const quoted = (service: string, resource: string): string => (service === 's3' ? `"${resource}"` : resource);

/** Decides every call with `taskbound-iam`, using the policies that the calling service sees at that time. */
export class Authorizer {
  readonly usage = new UsageLog();
  readonly #store: IamStore;
  readonly #delay: PolicyDelay;

  constructor(store: IamStore, delay: PolicyDelay = DEFAULT_POLICY_DELAY_MS) {
    this.#store = store;
    this.#delay = delay;
  }

  /** Throws `AwsError` AccessDenied, with the service's name for it and AWS's message. */
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

  /**
   * Like `authorize`, and the caller's own policies must allow it too. Session tags and source identities
   * need both.
   */
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

  /** The tags of a role are principal tags of its sessions. Session tags override them. */
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
    const scopes = (caller.scopePolicies ?? []).map((document, index) => ({
      name: `scope-down policy ${index + 1}`,
      document,
    }));
    return { ...this.#store.policiesOf(caller.roleName, seenMs), ...session, scopes, ...resource };
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
