import type { PolicyKind } from 'taskbound-iam/policy';

/** One use of a statement that allowed a call. Shows that the statement is needed. */
export interface Usage {
  readonly kind: PolicyKind;
  /** The calling role, or the name of an AWS service. */
  readonly roleName: string;
  readonly policyName: string;
  /** The statement's `Sid` or index. */
  readonly statement: string;
  readonly action: string;
  readonly resource: string;
}

/** Every distinct use once, in order of first use. */
export class UsageLog {
  readonly #seen = new Map<string, Usage>();

  add(usage: Usage): void {
    this.#seen.set(JSON.stringify(usage), usage);
  }

  list(): readonly Usage[] {
    return [...this.#seen.values()];
  }
}
