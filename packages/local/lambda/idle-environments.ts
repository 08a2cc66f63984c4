import type { Environment } from './environment.ts';
import type { FunctionVersion } from './types.ts';

/**
 * How many idle environments of tenants stay loaded, over all functions. Each has some megabytes, and a tenant that is one task may never
 * come back. The one that was idle the longest is discarded first; Lambda may discard any of them.
 */
const MOST_IDLE_OF_TENANTS = 32;

/** The environments that wait for their next invocation. One of a tenant is never given to another tenant. */
export class IdleEnvironments {
  readonly #shared = new Map<FunctionVersion, Environment[]>();
  /** Of all tenants, the longest idle first. */
  readonly #ofTenants = new Set<Environment>();
  readonly #discard: (environment: Environment) => void;

  constructor(discard: (environment: Environment) => void) {
    this.#discard = discard;
  }

  put(environment: Environment): void {
    if (environment.tenantId !== undefined) return this.#putOfTenant(environment);
    const idle = this.#shared.get(environment.fn) ?? [];
    idle.push(environment);
    this.#shared.set(environment.fn, idle);
  }

  /** Removes and returns an idle environment of this version and tenant. */
  take(fn: FunctionVersion, tenantId: string | undefined): Environment | undefined {
    if (tenantId === undefined) return this.#shared.get(fn)?.pop();
    const found = [...this.#ofTenants].find((each) => each.fn === fn && each.tenantId === tenantId);
    if (found !== undefined) this.#ofTenants.delete(found);
    return found;
  }

  clear(): void {
    this.#shared.clear();
    this.#ofTenants.clear();
  }

  #putOfTenant(environment: Environment): void {
    this.#ofTenants.add(environment);
    const [oldest] = this.#ofTenants;
    if (oldest === undefined || this.#ofTenants.size <= MOST_IDLE_OF_TENANTS) return;
    this.#ofTenants.delete(oldest);
    this.#discard(oldest);
  }
}
