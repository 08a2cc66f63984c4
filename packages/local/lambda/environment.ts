import type { LocalClock } from '../clock/local-clock.ts';
import { compile } from './bundle.ts';
import { exitError, PlatformError, timedOut } from './errors.ts';
import type { Transport } from './in-process-http.ts';
import { MAX_RESPONSE_BYTES } from './limits.ts';
import type { ReachableServers } from './reachable-servers.ts';
import { createSandbox, type Sandbox } from './sandbox.ts';
import { SandboxTimers, type Guard } from './sandbox-timers.ts';
import { ownRejections } from './stray-rejections.ts';
import type { FunctionVersion, LogLine, SessionCredentials } from './types.ts';
import { logGroupOf, newTraceId, variablesOf } from './variables.ts';

export interface EnvironmentWiring {
  readonly clock: LocalClock;
  readonly send: Transport;
  readonly reachable: ReachableServers;
  readonly region: string;
  readonly endpointUrl: string;
  /** Real milliseconds for code that does not await. */
  readonly synchronousLimitMs: number;
  log(line: LogLine): void;
}

type Handler = (event: unknown, context: unknown) => unknown;

interface Invocation {
  readonly requestId: string;
  readonly deadlineMs: number;
  readonly fail: (error: unknown) => void;
}

/** Thrown into the function's code by `process.exit`, so that it stops there. */
class Exited extends Error {}

const isOverrun = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/** One execution environment: a context with the function loaded in it, serving one invocation at a time. */
export class Environment {
  readonly fn: FunctionVersion;
  readonly credentials: SessionCredentials;
  readonly #wiring: EnvironmentWiring;
  readonly #timers: SandboxTimers;
  readonly #sandbox: Sandbox;
  readonly #variables: Record<string, string>;
  #handler: Handler | undefined;
  #alive = true;
  #current: Invocation | undefined;

  constructor(fn: FunctionVersion, credentials: SessionCredentials, wiring: EnvironmentWiring) {
    this.fn = fn;
    this.credentials = credentials;
    this.#wiring = wiring;
    this.#variables = variablesOf(fn, credentials, wiring.region, wiring.endpointUrl);
    const guard: Guard = { run: (code) => this.#run(code), alive: () => this.#alive };
    this.#timers = new SandboxTimers(wiring.clock, guard);
    this.#sandbox = createSandbox({
      clock: wiring.clock,
      guard,
      timers: this.#timers,
      send: wiring.send,
      reachable: wiring.reachable,
      variables: this.#variables,
      exit: (status) => this.#exit(status),
      log: (level, message) => this.#log(level, message),
    });
    ownRejections(this.#sandbox.promiseClass, (reason) => {
      const error = this.#sandbox.monitored(reason);
      this.#end(new PlatformError('Runtime.UnhandledPromiseRejection', String(error)));
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Its timers fire no more, its requests go nowhere, an invocation under way fails. */
  destroy(reason: unknown): void {
    this.#end(reason);
  }

  /** Runs the handler on `eventText`. Resolves to the result as JSON text; rejects with what the handler threw, or a PlatformError. */
  async invoke(requestId: string, invokedArn: string, eventText: string): Promise<string> {
    const { clock } = this.#wiring;
    const { timeoutSeconds } = this.fn.spec;
    const ended = Promise.withResolvers<never>();
    const deadlineMs = clock.nowMs() + timeoutSeconds * 1_000;
    this.#current = { requestId, deadlineMs, fail: ended.reject };
    const deadline = clock.setTimer(timeoutSeconds * 1_000, () => this.#timeOut(requestId));
    this.#timers.thaw();
    try {
      return await Promise.race([ended.promise, this.#call(requestId, invokedArn, eventText)]);
    } finally {
      deadline.cancel();
      this.#current = undefined;
      this.#timers.freeze();
    }
  }

  async #call(requestId: string, invokedArn: string, eventText: string): Promise<string> {
    const pending = await this.#start(requestId, invokedArn, eventText);
    return this.#serialise(await pending.value);
  }

  /** Load and the handler up to its first await, with the clock held. In an object, so that awaiting it does not await the handler. */
  async #start(
    requestId: string,
    invokedArn: string,
    eventText: string,
  ): Promise<{ readonly value: unknown }> {
    const release = this.#wiring.clock.hold();
    try {
      this.#variables['_X_AMZN_TRACE_ID'] = newTraceId(this.#wiring.clock.nowMs());
      const handler = (this.#handler ??= this.#load());
      const context = this.#contextOf(requestId, invokedArn);
      // One step for both: each bounded step starts a thread that watches it.
      return { value: this.#bounded(() => handler(this.#sandbox.parseJson(eventText), context)) };
    } catch (error) {
      if (!isOverrun(error)) throw this.#handler === undefined ? this.#failedLoad(error) : error;
      this.#timers.cancelAll();
    } finally {
      release();
    }
    // The code that would not stop has been stopped; on Lambda it would have run until the timeout.
    return new Promise(() => undefined);
  }

  /** What could not be loaded is not kept for the next invocation. */
  #failedLoad(error: unknown): unknown {
    this.#end(error);
    return error;
  }

  #load(): Handler {
    const { code } = this.fn;
    const module: { exports: Record<string, unknown> } = { exports: this.#sandbox.emptyObject() };
    const { require } = this.#sandbox;
    const factory = compile(code).runInContext(this.#sandbox.context);
    const importBuiltin = async (name: string): Promise<unknown> => {
      const imported = require(name);
      return typeof imported === 'object' ? { ...imported, default: imported } : { default: imported };
    };
    this.#bounded(() =>
      factory.call(
        module.exports,
        module.exports,
        require,
        module,
        code.fileName,
        '/var/task',
        importBuiltin,
      ),
    );
    const handler = module.exports[code.exportName];
    if (typeof handler !== 'function') {
      throw new PlatformError(
        'Runtime.HandlerNotFound',
        `${this.fn.spec.handler} is undefined or not exported`,
        [],
      );
    }
    return (event, context) => handler(event, context);
  }

  #contextOf(requestId: string, invokedArn: string) {
    const { spec, version } = this.fn;
    const { clock } = this.#wiring;
    const deadlineMs = clock.nowMs() + spec.timeoutSeconds * 1_000;
    return {
      functionName: spec.name,
      functionVersion: version,
      invokedFunctionArn: invokedArn,
      memoryLimitInMB: String(spec.memoryMb),
      awsRequestId: requestId,
      logGroupName: logGroupOf(this.fn),
      logStreamName: this.#variables['AWS_LAMBDA_LOG_STREAM_NAME'],
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, deadlineMs - clock.nowMs()),
    };
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html#troubleshooting-invocation-response */
  #serialise(value: unknown): string {
    let text: string;
    try {
      text = this.#bounded(() => JSON.stringify(value)) ?? 'null';
    } catch (error) {
      throw new PlatformError(
        'Runtime.MarshalError',
        `Unable to stringify response body as json: ${String(error)}`,
        [],
      );
    }
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_RESPONSE_BYTES) {
      throw new PlatformError(
        'Function.ResponseSizeTooLarge',
        `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
      );
    }
    return text;
  }

  #bounded<T>(step: () => T): T {
    return this.#sandbox.bounded(this.#wiring.synchronousLimitMs, step);
  }

  /** The function's own code, called by a timer or an event: what it throws is an uncaught exception. */
  #run(code: () => void): void {
    if (!this.#alive) return;
    try {
      code();
    } catch (error) {
      if (!(error instanceof Exited)) this.#end(this.#sandbox.monitored(error));
    }
  }

  #timeOut(requestId: string): void {
    const error = timedOut(requestId, this.#wiring.clock.nowMs(), this.fn.spec.timeoutSeconds);
    this.#log('PLATFORM', error.message);
    this.#end(error);
  }

  #exit(status: string): never {
    this.#end(exitError(this.#current?.requestId ?? '', status));
    throw new Exited('The environment has exited.');
  }

  #end(error: unknown): void {
    if (!this.#alive) return;
    this.#alive = false;
    this.#timers.cancelAll();
    this.#sandbox.disconnect();
    this.#current?.fail(error);
  }

  #log(level: LogLine['level'], message: string): void {
    if (!this.#alive) return;
    const { spec, version } = this.fn;
    this.#wiring.log({
      functionName: spec.name,
      version,
      requestId: this.#current?.requestId ?? '',
      atMs: this.#wiring.clock.nowMs(),
      level,
      message,
    });
  }
}
