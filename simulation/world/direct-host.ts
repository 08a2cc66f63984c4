import { PlatformError, payloadOf, timedOut } from 'taskbound-local/lambda/errors';
import type { HostOptions } from 'taskbound-local/lambda/host';
import type {
  Bundle,
  FunctionHost,
  FunctionMetrics,
  FunctionVersion,
  InvocationOptions,
  InvocationResult,
  LogLine,
  RoleCredentials,
} from 'taskbound-local/lambda/types';
import { AwsError } from 'taskbound-local/gateway/service';
import type { LocalClock } from 'taskbound-local/clock/local-clock';
import { makeHandler, shortName, type Handler } from './handlers.ts';
import { Invocation, never, runInvocation } from './invocation.ts';
import type { SimulatedLoginServer } from '../logins/simulated-login-server.ts';
import { simulatedAws, type TransportParts } from './transport.ts';

/** The functions with which the simulation changes and observes invocations. */
export interface HostHooks {
  readonly transport: Omit<TransportParts, 'clock'>;
  /** How many seconds a function's clock is ahead. */
  readonly skewSeconds: (name: string) => number;
  readonly loginServer: SimulatedLoginServer;
  /** Environment variables of a function in addition to those of the template. */
  readonly environmentOf: (name: string) => Readonly<Record<string, string>>;
  readonly randomHex: (bytes: number) => string;
  /** Called when an invocation starts. `again` starts another invocation with the same event. Its answer is ignored. */
  readonly begun: (invocation: Invocation, again: () => void) => void;
  readonly ended: (invocation: Invocation, result: InvocationResult, again: () => void) => void;
  /** Code that runs instead of the function's own code. */
  readonly replacement: (invocation: Invocation) => Handler | undefined;
}

/** A handler is used only while its credentials are valid for at least this time. */
const CREDENTIALS_MARGIN_MS = 300_000;

interface Warm {
  readonly handler: Handler;
  readonly credentials: RoleCredentials;
}

/** Runs functions from their sources, in this process and on the virtual clock. It does not run their bundles in sandboxes. */
export class DirectHost implements FunctionHost {
  readonly clock: LocalClock;
  readonly logs: LogLine[] = [];
  readonly metrics = new Map<string, FunctionMetrics>();
  readonly #options: HostOptions;
  readonly #hooks: HostHooks;
  readonly #warm = new Map<FunctionVersion, Warm>();
  readonly #numbers = new Map<string, number>();
  readonly #alive = new Set<Invocation>();

  constructor(options: HostOptions, hooks: HostHooks) {
    this.clock = options.clock;
    this.#options = options;
    this.#hooks = hooks;
  }

  async invoke(
    fn: FunctionVersion,
    invokedArn: string,
    eventText: string,
    { requestId = '' }: InvocationOptions = {},
  ): Promise<InvocationResult> {
    const of = shortName(fn.spec.name);
    const number = (this.#numbers.get(of) ?? 0) + 1;
    this.#numbers.set(of, number);
    const invocation = new Invocation(of, number, eventText);
    const again = (): void =>
      void this.invoke(fn, invokedArn, eventText, { requestId: `${requestId}+${number}` }).catch(
        () => undefined,
      );
    this.#hooks.begun(invocation, again);
    const result = await this.#run(invocation, fn, { requestId, invokedArn });
    this.#hooks.ended(invocation, result, again);
    return result;
  }

  close(): void {
    for (const invocation of this.#alive) invocation.kill(new Error('The simulation is over.'));
    this.#alive.clear();
  }

  async #run(
    invocation: Invocation,
    fn: FunctionVersion,
    { requestId, invokedArn }: { readonly requestId: string; readonly invokedArn: string },
  ): Promise<InvocationResult> {
    const { version, spec } = fn;
    const handler = this.#hooks.replacement(invocation) ?? (await this.#handlerOf(invocation.of, fn));
    const deadlineMs = this.clock.nowMs() + spec.timeoutSeconds * 1000;
    const timer = this.clock.setTimer(spec.timeoutSeconds * 1000, () =>
      invocation.kill(timedOut(requestId, this.clock.nowMs(), spec.timeoutSeconds)),
    );
    this.#alive.add(invocation);
    const context = {
      awsRequestId: requestId,
      invokedFunctionArn: invokedArn,
      getRemainingTimeInMillis: () => deadlineMs - this.clock.nowMs(),
    };
    const answered = runInvocation(invocation, () => handler(JSON.parse(invocation.event), context)).then(
      (value) => (invocation.dead ? never<unknown>() : value),
      (error: unknown) => (invocation.dead ? never<unknown>() : Promise.reject(error)),
    );
    void answered
      .catch(() => undefined)
      .finally(() => {
        timer.cancel();
        this.#alive.delete(invocation);
      });
    try {
      const value = await Promise.race([answered, invocation.failed]);
      return { requestId, version, payload: JSON.stringify(value) ?? 'null' };
    } catch (thrown) {
      if (thrown instanceof AwsError) throw thrown; // Lambda failed, not the function.
      const error = payloadOf(thrown);
      return { requestId, version, payload: JSON.stringify(error), error };
    }
  }

  async #handlerOf(name: string, fn: FunctionVersion): Promise<Handler> {
    const warm = this.#warm.get(fn);
    const neededUntilMs = this.clock.nowMs() + CREDENTIALS_MARGIN_MS;
    if (warm && (warm.credentials.expiresAtMs ?? Infinity) > neededUntilMs) return warm.handler;
    const credentials = await this.#credentialsOf(fn);
    const { transport, skewSeconds, randomHex, loginServer, environmentOf } = this.#hooks;
    const skewMs = skewSeconds(name) * 1000;
    const clock = {
      nowMs: () => this.clock.nowMs() + skewMs,
      sleep: (ms: number, signal?: AbortSignal) => this.clock.sleep(ms, signal),
    };
    const parts = { ...transport, clock: this.clock };
    const handler = makeHandler(name, {
      environment: { ...fn.spec.environment, ...environmentOf(name) },
      aws: simulatedAws(parts, credentials),
      awsOnce: simulatedAws({ ...parts, attempts: 1 }, credentials),
      clock,
      loginServer,
      randomHex,
      print: () => undefined,
    });
    this.#warm.set(fn, { handler, credentials });
    return handler;
  }

  async #credentialsOf({ spec }: FunctionVersion): Promise<RoleCredentials> {
    return this.#options.assumeServiceRole(spec.roleArn, 'lambda.amazonaws.com', spec.name);
  }
}

/** No bundle is read, because functions run from their sources. */
export const noBundle = (): Bundle => ({ fileName: '', exportName: '', source: '', hash: '' });

/** The error that the caller receives if the function died. */
export const died = (): PlatformError =>
  new PlatformError('Runtime.ExitError', 'Error: Runtime exited with error: signal: killed');

/** The error that the caller receives if its connection to Lambda was closed. The function continues. */
export const connectionClosed = (): AwsError =>
  new AwsError('ServiceException', 'The connection was closed.', 500);
