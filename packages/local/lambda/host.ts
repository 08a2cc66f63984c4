import { randomUUID } from 'node:crypto';
import { AwsError } from '../gateway/service.ts';
import type { LocalClock } from '../clock/local-clock.ts';
import { Environment, type EnvironmentWiring } from './environment.ts';
import { payloadOf, tooManyRequests } from './errors.ts';
import { IdleEnvironments } from './idle-environments.ts';
import type { Transport } from './transport.ts';
import { ReachableServers } from './reachable-servers.ts';
import { SYNCHRONOUS_LIMIT_MS } from './limits.ts';
import { TenantEnvironments } from './tenant-environments.ts';
import type {
  AssumeServiceRole,
  FunctionHost,
  FunctionMetrics,
  FunctionVersion,
  InvocationOptions,
  InvocationResult,
  LogLine,
  OnLog,
  RoleCredentials,
} from './types.ts';
import { IN_PROCESS_ENDPOINT } from './variables.ts';

export interface HostOptions {
  readonly clock: LocalClock;
  /** The gateway's `handle`. */
  readonly send: Transport;
  /** Servers outside AWS that functions may connect to. @default - none */
  readonly reachable?: ReachableServers;
  readonly assumeServiceRole: AssumeServiceRole;
  readonly region: string;
  readonly endpointUrl?: string;
  /** Receives each line of the functions' log streams. @default - none */
  readonly onLog?: OnLog;
  /** The time limit for code that does not await, in real milliseconds. @default SYNCHRONOUS_LIMIT_MS */
  readonly synchronousLimitMs?: number;
}

/**
 * An environment is replaced when its credentials expire within this time after an invocation. Lambda
 * replaces them earlier.
 */
const CREDENTIALS_MARGIN_MS = 60_000;

/**
 * Invocations of one function that run in parallel. Beyond this, an invocation without a warm environment
 * waits until no other work is in progress. No virtual time passes, and usually an environment is warm by
 * then, so that a hundred invocations do not need a hundred contexts of some megabytes each.
 */
const MAX_PARALLEL = 8;

/** Runs functions. Each parallel invocation has its own environment, which is kept warm for the next. */
export class LambdaHost implements FunctionHost {
  readonly logs: LogLine[] = [];
  readonly metrics = new Map<string, FunctionMetrics>();
  readonly clock: LocalClock;
  readonly #options: HostOptions;
  readonly #wiring: EnvironmentWiring;
  readonly #idle: IdleEnvironments;
  readonly #tenants: TenantEnvironments;
  readonly #running = new Map<string, number>();
  readonly #environments = new Set<Environment>();

  constructor(options: HostOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.#tenants = new TenantEnvironments(options.clock);
    this.#idle = new IdleEnvironments((environment) => this.#discard(environment));
    this.#wiring = {
      clock: options.clock,
      send: options.send,
      reachable: options.reachable ?? new ReachableServers(),
      region: options.region,
      endpointUrl: options.endpointUrl ?? IN_PROCESS_ENDPOINT,
      synchronousLimitMs: options.synchronousLimitMs ?? SYNCHRONOUS_LIMIT_MS,
      log: (line) => this.logs.push(line),
      onLog: options.onLog ?? (() => undefined),
    };
  }

  async invoke(
    fn: FunctionVersion,
    invokedArn: string,
    eventText: string,
    { requestId = randomUUID(), tenantId }: InvocationOptions = {},
  ): Promise<InvocationResult> {
    const running = this.#running.get(fn.spec.name) ?? 0;
    if (fn.spec.reservedConcurrency !== undefined && running >= fn.spec.reservedConcurrency)
      throw tooManyRequests('ReservedFunctionConcurrentInvocationLimitExceeded');
    this.#running.set(fn.spec.name, running + 1);
    try {
      const environment =
        this.#takeIdle(fn, tenantId) ??
        (running < MAX_PARALLEL ? undefined : await this.#warmLater(fn, tenantId)) ??
        (await this.#coldStart(fn, tenantId));
      return await this.#run(environment, invokedArn, eventText, requestId);
    } finally {
      this.#running.set(fn.spec.name, (this.#running.get(fn.spec.name) ?? 1) - 1);
    }
  }

  /** Destroys every environment. No function code runs after this. */
  close(): void {
    for (const environment of this.#environments)
      environment.destroy(new Error('The embedded Lambda was closed.'));
    this.#environments.clear();
    this.#idle.clear();
  }

  #metricsOf(name: string): FunctionMetrics {
    const found = this.metrics.get(name) ?? { coldStarts: 0, invocations: 0, errors: 0 };
    this.metrics.set(name, found);
    return found;
  }

  #takeIdle(fn: FunctionVersion, tenantId: string | undefined): Environment | undefined {
    const neededUntilMs =
      this.#options.clock.nowMs() + fn.spec.timeoutSeconds * 1_000 + CREDENTIALS_MARGIN_MS;
    for (;;) {
      const environment = this.#idle.take(fn, tenantId);
      if (environment === undefined) return undefined;
      if (environment.alive && (environment.credentials.expiresAtMs ?? Infinity) > neededUntilMs) {
        this.#tenants.started(environment);
        return environment;
      }
      this.#discard(environment);
    }
  }

  async #warmLater(fn: FunctionVersion, tenantId: string | undefined): Promise<Environment | undefined> {
    await this.#options.clock.sleep(0);
    return this.#takeIdle(fn, tenantId);
  }

  async #coldStart(fn: FunctionVersion, tenantId: string | undefined): Promise<Environment> {
    const credentials = await this.#credentialsOf(fn);
    if (tenantId !== undefined) this.#tenants.assertRoom(fn.spec);
    this.#metricsOf(fn.spec.name).coldStarts += 1;
    const environment = new Environment(fn, credentials, this.#wiring, tenantId);
    this.#environments.add(environment);
    this.#tenants.started(environment);
    return environment;
  }

  async #credentialsOf(fn: FunctionVersion): Promise<RoleCredentials> {
    const release = this.#options.clock.hold();
    try {
      return await this.#options.assumeServiceRole(fn.spec.roleArn, 'lambda.amazonaws.com', fn.spec.name);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new AwsError(
        'AccessDeniedException',
        `The role defined for the function cannot be assumed by Lambda. ${error.message}`,
        403,
      );
    } finally {
      release();
    }
  }

  async #run(
    environment: Environment,
    invokedArn: string,
    eventText: string,
    requestId: string,
  ): Promise<InvocationResult> {
    const metrics = this.#metricsOf(environment.fn.spec.name);
    metrics.invocations += 1;
    const { version } = environment.fn;
    try {
      const payload = await environment.invoke(requestId, invokedArn, eventText);
      return { requestId, version, payload };
    } catch (thrown) {
      metrics.errors += 1;
      const error = payloadOf(thrown);
      this.#logFailure(environment, requestId, JSON.stringify(error));
      return { requestId, version, payload: JSON.stringify(error), error };
    } finally {
      environment.logEnd(requestId);
      this.#putBack(environment);
    }
  }

  #logFailure(environment: Environment, requestId: string, text: string): void {
    const { fn } = environment;
    const atMs = this.#options.clock.nowMs();
    environment.logFailure({
      functionName: fn.spec.name,
      version: fn.version,
      requestId,
      atMs,
      level: 'ERROR',
      message: `Invoke Error ${text}`,
    });
  }

  #putBack(environment: Environment): void {
    if (!environment.alive) {
      this.#tenants.ended(environment);
      return this.#discard(environment);
    }
    this.#tenants.idle(environment);
    this.#idle.put(environment);
  }

  #discard(environment: Environment): void {
    environment.destroy(new Error('The environment was retired.'));
    this.#environments.delete(environment);
  }
}
