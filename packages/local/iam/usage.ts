import type { PolicyKind } from 'taskbound-iam/policy';

/** One statement that allowed something: the proof that it is needed. */
export interface Usage {
  readonly kind: PolicyKind;
  /** The calling role; the service's name for an AWS service. */
  readonly roleName: string;
  readonly policyName: string;
  /** The statement's `Sid` or index. */
  readonly statement: string;
  readonly action: string;
  readonly resource: string;
}

/** Each use once, in the order of first use. */
export class UsageLog {
  readonly #seen = new Map<string, Usage>();

  add(usage: Usage): void {
    this.#seen.set(JSON.stringify(usage), usage);
  }

  list(): readonly Usage[] {
    return [...this.#seen.values()];
  }
}
