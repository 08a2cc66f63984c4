import type { Clock } from 'taskbound-time/clock';
import type { Environment } from './environment.ts';
import { tooManyRequests } from './errors.ts';
import { ACCOUNT_CONCURRENCY, TENANT_ENVIRONMENTS_PER_1000, TENANT_IDLE_MS } from './limits.ts';
import type { FunctionSpec } from './types.ts';

/**
 * Counts the environments of tenants, active and idle, of each function. One that is idle counts until Lambda would remove it, whether or
 * not the embedded AWS still has it in memory.
 */
export class TenantEnvironments {
  readonly #clock: Pick<Clock, 'nowMs'>;
  /** By function name: the id of each environment, and until when it counts. */
  readonly #counted = new Map<string, Map<symbol, number>>();

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
  }

  /** Throws TooManyRequestsException if the function has as many as its quota. */
  assertRoom({ name, reservedConcurrency = ACCOUNT_CONCURRENCY }: FunctionSpec): void {
    const counted = this.#of(name);
    for (const [id, untilMs] of counted) if (untilMs <= this.#clock.nowMs()) counted.delete(id);
    if (counted.size >= Math.floor((reservedConcurrency * TENANT_ENVIRONMENTS_PER_1000) / 1_000))
      throw tooManyRequests('ConcurrentInvocationLimitExceeded');
  }

  started(environment: Environment): void {
    this.#count(environment, Infinity);
  }

  idle(environment: Environment): void {
    this.#count(environment, this.#clock.nowMs() + TENANT_IDLE_MS);
  }

  /** The environment has exited. */
  ended(environment: Environment): void {
    this.#of(environment.fn.spec.name).delete(environment.id);
  }

  #count(environment: Environment, untilMs: number): void {
    if (environment.tenantId !== undefined) this.#of(environment.fn.spec.name).set(environment.id, untilMs);
  }

  #of(name: string): Map<symbol, number> {
    const found = this.#counted.get(name) ?? new Map<symbol, number>();
    this.#counted.set(name, found);
    return found;
  }
}
