import type { NamedPolicy, PolicyDocument } from 'taskbound-iam/policy';
import type { IdSource } from '../gateway/ids.ts';
import { ACCOUNT_ID } from '../gateway/place.ts';
import { AwsError } from '../gateway/service.ts';

export interface RoleSpec {
  readonly name: string;
  /** `/` when absent. */
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

/** What the loader puts was there before anyone could ask. */
export const SINCE_EVER = Number.NEGATIVE_INFINITY;

/** Changes older than this are folded together: no settable delay of a test or a run reaches further back. */
const HISTORY_MS = 3_600_000;

/** Matches no request: what is left of a policy whose last statement was taken out. */
export const NOTHING: PolicyDocument = {
  Version: '2012-10-17',
  Statement: { Effect: 'Deny', NotAction: '*', Resource: '*' },
};

/** A trust policy that lets nobody in. */
export const NO_TRUST: PolicyDocument = {
  Version: '2012-10-17',
  Statement: { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' },
};

const noSuchRole = (name: string): AwsError =>
  new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);

/** Roles and managed policies, with the recent past of their inline policies: IAM's other readers see changes late. */
export class IamStore {
  readonly #ids: IdSource;
  readonly #roles = new Map<string, RoleState>();
  readonly #managed = new Map<string, PolicyDocument>();

  constructor(ids: IdSource) {
    this.#ids = ids;
  }

  /** A role that exists keeps its id and its inline policies; what is attached is attached anew. */
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

  /** Its sessions live on with nothing allowed. */
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

  /** Throws NoSuchEntity when the policy is not there now. */
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

  /** The role's inline policies as they stood at a time. */
  inlinePolicies(roleName: string, atMs: number): NamedPolicy[] {
    const standing = new Map<string, PolicyDocument>();
    for (const { name, document, atMs: changedMs } of this.#state(roleName).changes) {
      if (changedMs > atMs) break;
      if (document === undefined) standing.delete(name);
      else standing.set(name, document);
    }
    return [...standing].map(([name, document]) => ({ name, document }));
  }

  /** Everything that identity-based evaluation of the role needs, as it stood at a time. */
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
    return { name: arn, document: this.#managed.get(arn) ?? NOTHING };
  }

  #state(name: string): RoleState {
    const state = this.#roles.get(name);
    if (state === undefined) throw noSuchRole(name);
    return state;
  }

  #change(roleName: string, change: InlineChange): void {
    const state = this.#state(roleName);
    const horizonMs = change.atMs - HISTORY_MS;
    const base = this.inlinePolicies(roleName, horizonMs).map((policy) => ({ atMs: SINCE_EVER, ...policy }));
    state.changes = [...base, ...state.changes.filter(({ atMs }) => atMs > horizonMs), change];
  }
}
