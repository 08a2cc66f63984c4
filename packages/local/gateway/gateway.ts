import type { LocalClock } from '../clock/local-clock.ts';
import { authError } from './auth/auth-errors.ts';
import { authenticate, ownerOf } from './auth/authenticate.ts';
import type { CredentialStore } from './auth/credentials.ts';
import { type Authorization, parseAuthorization } from './auth/sigv4.ts';
import { CallRunner, type CallRunnerDeps, type DefectHook } from './call-runner.ts';
import {
  type Intercept,
  type InterceptedCall,
  type Observe,
  type Verdict,
  AnswerLost,
  operationNameOf,
  refusalOf,
} from './intercept.ts';
import { serviceNameOf, unknownService } from './route.ts';
import type { Caller, RawRequest, RawResponse, Service } from './service.ts';
import type { TrailRecord } from '../trail/trail.ts';

export interface GatewayOptions extends CallRunnerDeps {
  readonly clock: LocalClock;
  readonly credentials: CredentialStore;
}

/** A request in progress; `release` releases its hold of the clock. */
interface PendingRequest {
  readonly requestId: string;
  release: (() => void) | undefined;
}

/**
 * The entry point of the embedded AWS for requests: authenticates, routes, authorizes through the `Call`, and
 * records the trail.
 */
export class Gateway {
  /** Called before each authenticated call, to inject faults. */
  intercept: Intercept | undefined = undefined;
  observe: Observe | undefined = undefined;
  readonly #services = new Map<string, Service>();
  #calls = 0;
  readonly #options: GatewayOptions;
  readonly #runner: CallRunner;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#runner = new CallRunner(options);
  }

  get trail(): readonly TrailRecord[] {
    return this.#runner.trail;
  }

  /** Called with every unexpected error. By default it is thrown as an uncaught exception. */
  set onDefect(hook: DefectHook) {
    this.#runner.onDefect = hook;
  }

  register(service: Service): void {
    this.#services.set(service.signingName, service);
  }

  /** Serves one request. Failures are responses too; rejects only with `AnswerLost`. */
  async handle(request: RawRequest): Promise<RawResponse> {
    const authorization = parseAuthorization(request.headers['authorization'] ?? '');
    const name = serviceNameOf(request, authorization);
    return this.#withHold(name, (service, pending) =>
      this.#serveSigned(service, request, authorization, pending),
    );
  }

  /**
   * Serves an unsigned call of an AWS service, as `caller`. Authorization, faults and the trail are as for
   * any other call.
   */
  readonly handleAs = (serviceName: string, caller: Caller, request: RawRequest): Promise<RawResponse> =>
    this.#withHold(serviceName, (service, pending) => this.#serveAs(service, request, caller, pending));

  /**
   * Like `handle`, but identifies the caller by the access key alone. For callers in this process that are
   * not under test.
   */
  readonly handleUnsigned = (
    serviceName: string,
    accessKeyId: string,
    request: RawRequest,
  ): Promise<RawResponse> =>
    this.#withHold(serviceName, (service, pending) => {
      const { credentials, clock } = this.#options;
      const owner = () => ownerOf(service.signingName, accessKeyId, credentials, clock.nowMs());
      return this.#identifyAndServe(service, request, owner, pending, credentials.find(accessKeyId)?.caller);
    });

  async #withHold(
    name: string,
    serve: (service: Service, pending: PendingRequest) => Promise<RawResponse>,
  ): Promise<RawResponse> {
    const service = this.#services.get(name);
    const requestId = this.#options.ids.uuid();
    if (service === undefined) return this.#addServerHeaders(unknownService(name), requestId);
    const { clock } = this.#options;
    const pending: PendingRequest = {
      requestId,
      release: service.holdsClock === true ? undefined : clock.hold(),
    };
    try {
      return this.#addServerHeaders(await serve(service, pending), requestId);
    } finally {
      pending.release?.();
    }
  }

  #serveSigned(
    service: Service,
    request: RawRequest,
    authorization: Authorization | undefined,
    pending: PendingRequest,
  ): Promise<RawResponse> {
    const { clock, credentials } = this.#options;
    const signer = () => {
      if (authorization?.service !== service.signingName) throw authError(service.signingName, 'missing');
      return authenticate(request, authorization, credentials, clock.nowMs());
    };
    return this.#identifyAndServe(service, request, signer, pending);
  }

  async #identifyAndServe(
    service: Service,
    request: RawRequest,
    identify: () => Caller | Promise<Caller>,
    pending: PendingRequest,
    /** The owner of the key, even an expired one, so that its use is observed. */
    owner?: Caller,
  ): Promise<RawResponse> {
    let caller: Caller;
    try {
      caller = await identify();
    } catch (thrown) {
      const { response, error } = this.#runner.fail(service, request, pending.requestId, thrown);
      if (owner !== undefined)
        this.observe?.({ ...this.#describeCall(service, request, owner, 0), error: error.name });
      return response;
    }
    return this.#serveAs(service, request, caller, pending);
  }

  /** Serves an authenticated call: first the `intercept` hook, then the service. */
  async #serveAs(
    service: Service,
    request: RawRequest,
    caller: Caller,
    pending: PendingRequest,
  ): Promise<RawResponse> {
    const ordinal = ++this.#calls;
    const verdict =
      this.intercept === undefined ? 'proceed' : this.#callIntercept(service, request, caller, ordinal);
    if (typeof verdict === 'object' && 'delayMs' in verdict) await this.#delay(verdict.delayMs, pending);
    const { requestId } = pending;
    const who = { caller, requestId, atMs: this.#options.clock.nowMs() };
    const refusal =
      typeof verdict === 'object' && 'refuse' in verdict ? refusalOf(verdict.refuse) : undefined;
    const { response, error } = await this.#runner.run(service, request, who, refusal);
    this.observe?.({ ...this.#describeCall(service, request, caller, ordinal), atMs: who.atMs, error });
    if (typeof verdict === 'object' && 'loseAnswer' in verdict)
      throw new AnswerLost(`The connection was reset before the answer of ${service.signingName} arrived.`);
    return response;
  }

  #callIntercept(service: Service, request: RawRequest, caller: Caller, ordinal: number): Verdict {
    return this.intercept?.(this.#describeCall(service, request, caller, ordinal)) ?? 'proceed';
  }

  #describeCall(
    { signingName }: Service,
    request: RawRequest,
    caller: Caller,
    ordinal: number,
  ): InterceptedCall {
    const operation = operationNameOf(signingName, request);
    const atMs = this.#options.clock.nowMs();
    return { service: signingName, operation, caller, atMs, ordinal, request };
  }

  /** Releases the call's hold during the delay, so that time can pass. */
  async #delay(ms: number, pending: PendingRequest): Promise<void> {
    const { clock } = this.#options;
    const waited = clock.sleep(ms);
    const holds = pending.release !== undefined;
    pending.release?.();
    await waited;
    if (holds) pending.release = clock.hold();
  }

  /** The `date` header lets SDK clients with another clock correct their signatures. */
  #addServerHeaders(response: RawResponse, requestId: string): RawResponse {
    const date = new Date(this.#options.clock.nowMs()).toUTCString();
    return { ...response, headers: { date, 'x-amzn-requestid': requestId, ...response.headers } };
  }
}
