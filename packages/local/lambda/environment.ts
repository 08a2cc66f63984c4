import type { LocalClock } from '../clock/local-clock.ts';
import { exitError, PlatformError, timedOut } from './errors.ts';
import { type Handler, handlerContext, loadHandler, type RunStep, serializeResult } from './handler.ts';
import { TEMPORARY_MB } from './limits.ts';
import type { Transport } from './transport.ts';
import type { ReachableServers } from './reachable-servers.ts';
import { createSandbox, type Sandbox } from './sandbox/sandbox.ts';
import { SandboxTimers, type Guard } from './sandbox/sandbox-timers.ts';
import { captureRejections } from './sandbox/stray-rejections.ts';
import { endLine, eventMessage, reportLine, startLine } from './log-text.ts';
import type { FunctionVersion, LogLine, OnLog, RoleCredentials } from './types.ts';
import { logGroupOf, newTraceId, variablesOf } from './variables.ts';

export interface EnvironmentWiring {
  readonly clock: LocalClock;
  readonly send: Transport;
  readonly reachable: ReachableServers;
  readonly region: string;
  readonly endpointUrl: string;
  /** The time limit for code that does not await, in real milliseconds. */
  readonly synchronousLimitMs: number;
  log(line: LogLine): void;
  /** Receives a line of the function's log stream. */
  readonly onLog: OnLog;
}

interface Invocation {
  readonly requestId: string;
  readonly deadlineMs: number;
  readonly fail: (error: unknown) => void;
}

/** `process.exit` throws this into the function's code, to stop it. */
class Exited extends Error {}

const isOverrun = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/** An execution environment: a context with the function loaded, which serves one invocation at a time. */
export class Environment {
  readonly id = Symbol('environment');
  readonly fn: FunctionVersion;
  readonly credentials: RoleCredentials;
  /** The only tenant that it serves; undefined for a function that does not isolate tenants. */
  readonly tenantId: string | undefined;
  readonly #wiring: EnvironmentWiring;
  readonly #timers: SandboxTimers;
  readonly #sandbox: Sandbox;
  readonly #variables: Record<string, string>;
  #handler: Handler | undefined;
  #alive = true;
  /** How long the last invocation took, milliseconds. */
  #reportMs = 0;
  #current: Invocation | undefined;

  constructor(
    fn: FunctionVersion,
    credentials: RoleCredentials,
    wiring: EnvironmentWiring,
    tenantId: string | undefined,
  ) {
    this.fn = fn;
    this.credentials = credentials;
    this.tenantId = tenantId;
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
      temporaryBytes: (fn.spec.temporaryMb ?? TEMPORARY_MB) * 1024 * 1024,
      exit: (status) => this.#exit(status),
      log: (level, message) => this.#log(level, message),
    });
    captureRejections(this.#sandbox.promiseClass, (reason) => {
      const error = this.#sandbox.notifyMonitors(reason);
      this.#end(new PlatformError('Runtime.UnhandledPromiseRejection', String(error)));
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Stops its timers and requests. A running invocation fails with `reason`. */
  destroy(reason: unknown): void {
    this.#end(reason);
  }

  /**
   * Calls the handler with `eventText`. Resolves to the result as JSON; rejects with the handler's error or a
   * PlatformError.
   */
  async invoke(requestId: string, invokedArn: string, eventText: string): Promise<string> {
    const { clock } = this.#wiring;
    const { timeoutSeconds } = this.fn.spec;
    const ended = Promise.withResolvers<never>();
    const startMs = clock.nowMs();
    const deadlineMs = startMs + timeoutSeconds * 1_000;
    this.#platformLog(startLine(requestId, this.fn.version));
    this.#current = { requestId, deadlineMs, fail: ended.reject };
    const deadline = clock.setTimer(timeoutSeconds * 1_000, () => this.#timeOut(requestId));
    this.#timers.thaw();
    try {
      return await Promise.race([ended.promise, this.#call(requestId, invokedArn, eventText)]);
    } finally {
      deadline.cancel();
      this.#current = undefined;
      this.#timers.freeze();
      this.#reportMs = clock.nowMs() - startMs;
    }
  }

  async #call(requestId: string, invokedArn: string, eventText: string): Promise<string> {
    const pending = await this.#start(requestId, invokedArn, eventText);
    return serializeResult(await pending.value, this.#runStep);
  }

  /**
   * Loads the code and runs the handler up to its first await, while holding the clock. Returns the handler's
   * promise in an object, so that awaiting the object does not await the handler.
   */
  async #start(
    requestId: string,
    invokedArn: string,
    eventText: string,
  ): Promise<{ readonly value: unknown }> {
    const release = this.#wiring.clock.hold();
    try {
      this.#variables['_X_AMZN_TRACE_ID'] = newTraceId(this.#wiring.clock.nowMs());
      const handler = (this.#handler ??= loadHandler(this.fn, this.#sandbox, this.#runStep));
      const logStreamName = this.#variables['AWS_LAMBDA_LOG_STREAM_NAME'];
      const ids = { requestId, invokedArn, logStreamName, tenantId: this.tenantId };
      const context = handlerContext(this.fn, ids, this.#wiring.clock);
      // One step for both: each bounded step starts a thread that watches it.
      return { value: this.#runStep(() => handler(this.#sandbox.parseJson(eventText), context)) };
    } catch (error) {
      if (!isOverrun(error)) throw this.#handler === undefined ? this.#failedLoad(error) : error;
      this.#timers.cancelAll();
    } finally {
      release();
    }
    // The busy code was stopped at the limit. On Lambda it would run until the timeout, so wait for that.
    return new Promise(() => undefined);
  }

  /** Ends the environment: code that failed to load is not kept for the next invocation. */
  #failedLoad(error: unknown): unknown {
    this.#end(error);
    return error;
  }

  readonly #runStep: RunStep = (step) => this.#sandbox.withTimeLimit(this.#wiring.synchronousLimitMs, step);

  /** Runs the function's code for a timer or an event. An error is an uncaught exception. */
  #run(code: () => void): void {
    if (!this.#alive) return;
    try {
      code();
    } catch (error) {
      if (!(error instanceof Exited)) this.#end(this.#sandbox.notifyMonitors(error));
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
    const line: LogLine = {
      functionName: spec.name,
      version,
      requestId: this.#current?.requestId ?? '',
      atMs: this.#wiring.clock.nowMs(),
      level,
      message,
    };
    this.#wiring.log(line);
    this.#platformLog(eventMessage(line));
  }

  /** Logs the end of an invocation, after its error. */
  logEnd(requestId: string): void {
    this.#platformLog(endLine(requestId));
    this.#platformLog(reportLine(requestId, this.#reportMs, this.fn.spec.memoryMb));
  }

  /** Logs the error that an invocation ended with. */
  logFailure(line: LogLine): void {
    this.#wiring.log(line);
    this.#platformLog(eventMessage(line));
  }

  /** Appends to the log stream. Lines of the platform itself are only there. */
  #platformLog(message: string): void {
    const stream = this.#variables['AWS_LAMBDA_LOG_STREAM_NAME'] ?? '';
    this.#wiring.onLog(logGroupOf(this.fn), { stream, atMs: this.#wiring.clock.nowMs(), message });
  }
}
