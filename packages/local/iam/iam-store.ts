import type { NamedPolicy, PolicyDocument } from 'taskbound-iam/policy';
import type { IdSource } from '../gateway/ids.ts';
import { ACCOUNT_ID } from '../gateway/account-and-region.ts';
import { AwsError } from '../gateway/service.ts';
import type { Changes } from '../state/changes.ts';

export interface RoleSpec {
  readonly name: string;
  /** @default / */
  readonly path?: string;
  readonly trust: PolicyDocument;
  readonly maxSessionSeconds?: number;
  readonly boundaryArn?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly description?: string;
}

export interface Role extends Required<Omit<RoleSpec, 'boundaryArn' | 'description'>> {
  readonly boundaryArn?: string;
  readonly description?: string;
  /** `AROA…`. */
  readonly id: string;
  readonly arn: string;
  readonly createdMs: number;
}

/** One change of an inline policy; `document` undefined removes it. */
interface InlineChange {
  readonly atMs: number;
  readonly name: string;
  readonly document: PolicyDocument | undefined;
}

interface RoleState {
  readonly role: Role;
  readonly attached: Set<string>;
  /** Oldest first. */
  changes: InlineChange[];
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
const DEFAULT_MAX_SESSION_SECONDS = 3600;

/** The time of policies that the template contains: they are effective before any call. */
export const BEFORE_ALL_CALLS = Number.NEGATIVE_INFINITY;

/** Older changes are merged, because no configurable delay is longer than this. */
const HISTORY_MS = 3_600_000;

/** A policy that matches no request. Replaces a policy without statements. */
export const EMPTY_POLICY: PolicyDocument = {
  Version: '2012-10-17',
  Statement: { Effect: 'Deny', NotAction: '*', Resource: '*' },
};

/** A trust policy that allows no one. */
export const NO_TRUST: PolicyDocument = {
  Version: '2012-10-17',
  Statement: { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' },
};

const noSuchRole = (name: string): AwsError =>
  new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);

/**
 * Roles and managed policies. Keeps the recent changes of inline policies, because services see them with a
 * delay.
 */
export class IamStore {
  readonly #ids: IdSource;
  readonly #roles = new Map<string, RoleState>();
  readonly #managed = new Map<string, PolicyDocument>();
  readonly #changes: Changes | undefined;

  constructor(ids: IdSource, changes?: Changes) {
    this.#ids = ids;
    this.#changes = changes;
  }

  /** Gives a role of the template the id and the time that it had before. */
  restoreRole(name: string, { id, createdMs }: Pick<Role, 'id' | 'createdMs'>): void {
    const state = this.#roles.get(name);
    if (state !== undefined) this.#roles.set(name, { ...state, role: { ...state.role, id, createdMs } });
  }

  /**
   * Adds or updates a role. An existing role keeps its id and inline policies, and loses its attached
   * policies.
   */
  putRole(spec: RoleSpec, createdMs: number): Role {
    const existing = this.#roles.get(spec.name);
    const path = spec.path ?? '/';
    const role: Role = {
      ...spec,
      path,
      maxSessionSeconds: spec.maxSessionSeconds ?? DEFAULT_MAX_SESSION_SECONDS,
      tags: spec.tags ?? {},
      id: existing?.role.id ?? this.#ids.uniqueId('AROA', 17),
      arn: `arn:aws:iam::${ACCOUNT_ID}:role${path}${spec.name}`,
      createdMs: existing?.role.createdMs ?? createdMs,
    };
    this.#roles.set(role.name, { role, attached: new Set(), changes: existing?.changes ?? [] });
    return role;
  }

  /** Removes a role. Its sessions stay valid, without any permission. */
  removeRole(name: string): void {
    this.#roles.delete(name);
  }

  hasRole(name: string): boolean {
    return this.#roles.has(name);
  }

  putManagedPolicy(arn: string, document: PolicyDocument): void {
    this.#managed.set(arn, document);
  }

  hasManagedPolicy(arn: string): boolean {
    return this.#managed.has(arn);
  }

  managedPolicy(arn: string): PolicyDocument | undefined {
    return this.#managed.get(arn);
  }

  managedPolicyArns(): readonly string[] {
    return [...this.#managed.keys()];
  }

  /** The ARNs of the managed policies of a role. */
  attachedTo(roleName: string): readonly string[] {
    return [...this.#state(roleName).attached];
  }

  attach(roleName: string, policyArn: string): void {
    this.#state(roleName).attached.add(policyArn);
  }

  /** Throws NoSuchEntity. */
  role(name: string): Role {
    return this.#state(name).role;
  }

  roles(): Role[] {
    return [...this.#roles.values()].map(({ role }) => role);
  }

  findByArn(arn: string): Role | undefined {
    return this.roles().find((role) => role.arn === arn);
  }

  putInline(roleName: string, name: string, document: PolicyDocument, atMs: number): void {
    this.#change(roleName, { atMs, name, document });
  }

  /** Throws NoSuchEntity when the role has no such policy at that time. */
  deleteInline(roleName: string, name: string, atMs: number): void {
    this.inline(roleName, name, atMs);
    this.#change(roleName, { atMs, name, document: undefined });
  }

  inline(roleName: string, name: string, atMs: number): PolicyDocument {
    const found = this.inlinePolicies(roleName, atMs).find((policy) => policy.name === name);
    if (found === undefined)
      throw new AwsError('NoSuchEntity', `The role policy with name ${name} cannot be found.`, 404);
    return found.document;
  }

  /** The role's inline policies at a given time. */
  inlinePolicies(roleName: string, atMs: number): NamedPolicy[] {
    const current = new Map<string, PolicyDocument>();
    for (const { name, document, atMs: changedMs } of this.#state(roleName).changes) {
      if (changedMs > atMs) break;
      if (document === undefined) current.delete(name);
      else current.set(name, document);
    }
    return [...current].map(([name, document]) => ({ name, document }));
  }

  /** The role's identity policies and boundary at a given time. */
  policiesOf(
    roleName: string,
    atMs: number,
  ): { readonly identity: NamedPolicy[]; readonly boundary?: NamedPolicy } {
    const { role, attached } = this.#state(roleName);
    const identity = [
      ...this.inlinePolicies(roleName, atMs),
      ...[...attached].map((arn) => this.#named(arn)),
    ];
    return role.boundaryArn === undefined
      ? { identity }
      : { identity, boundary: this.#named(role.boundaryArn) };
  }

  #named(arn: string): NamedPolicy {
    return { name: arn, document: this.#managed.get(arn) ?? EMPTY_POLICY };
  }

  #state(name: string): RoleState {
    const state = this.#roles.get(name);
    if (state === undefined) throw noSuchRole(name);
    return state;
  }

  #change(roleName: string, change: InlineChange): void {
    const state = this.#state(roleName);
    const horizonMs = change.atMs - HISTORY_MS;
    const base = this.inlinePolicies(roleName, horizonMs).map((policy) => ({
      atMs: BEFORE_ALL_CALLS,
      ...policy,
    }));
    state.changes = [...base, ...state.changes.filter(({ atMs }) => atMs > horizonMs), change];
    // A template brings its own policies again.
    const { atMs, name, document } = change;
    if (atMs !== BEFORE_ALL_CALLS) this.#changes?.note(['policy', roleName, name], () => document);
  }
}
