import type { LocalClock } from '../clock/local-clock.ts';
import { authError } from './auth/auth-errors.ts';
import { authenticate, ownerOf } from './auth/authenticate.ts';
import type { CredentialStore } from './auth/credentials.ts';
import { type Authorization, parseAuthorization } from './auth/sigv4.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { IdSource } from './ids.ts';
import {
  type Intercept,
  type InterceptedCall,
  type Observe,
  type Verdict,
  AnswerLost,
  operationNameOf,
  refusalOf,
} from './intercept.ts';
import { REGION } from './place.ts';
import {
  type Call,
  type Caller,
  type RawRequest,
  type RawResponse,
  type Service,
  AwsError,
} from './service.ts';
import { type Recorded, type TrailRecord, trailRecord } from '../trail/trail.ts';

/** Function URLs live under this path of the one endpoint: `/lambda-url/<url id>/…`. */
const FUNCTION_URL_PREFIX = '/lambda-url/';

export interface GatewayOptions {
  readonly clock: LocalClock;
  readonly ids: IdSource;
  readonly credentials: CredentialStore;
  readonly authorizer: Authorizer;
}

/** One request on its way; `release` gives its hold of the clock back. */
interface UnderWay {
  readonly requestId: string;
  release: (() => void) | undefined;
}

/** A mistake of ours, not an error that AWS has: the caller gets InternalFailure, the hook gets the real thing. */
export type DefectHook = (error: unknown, request: RawRequest) => void;

/** Who a request without a signature would have been for: only so that its refusal has the right form. */
function guessService(request: RawRequest): string {
  const target = request.headers['x-amz-target'] ?? '';
  if (target.startsWith('DynamoDB')) return 'dynamodb';
  if (target.startsWith('AWSStepFunctions')) return 'states';
  if (target.startsWith('AWSEvents')) return 'events';
  if (target !== '') return target.startsWith('AmazonSSM') ? 'ssm' : 'secretsmanager';
  if (/^\/(lambda-url|20\d\d-\d\d-\d\d)\//.test(request.path)) return 'lambda';
  return (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
    ? 'sts'
    : 's3';
}

/** The one door of the embedded AWS: authenticates, routes, authorizes through the `Call`, and writes the trail. */
export class Gateway {
  readonly trail: TrailRecord[] = [];
  /** Called with every defect; by default it is thrown where nobody can overlook it. */
  onDefect: DefectHook = (error) => {
    queueMicrotask(() => {
      throw error;
    });
  };
  /** Asked before each authenticated call; faults are explored with it. */
  intercept: Intercept | undefined = undefined;
  observe: Observe | undefined = undefined;
  readonly #services = new Map<string, Service>();
  #calls = 0;
  readonly #options: GatewayOptions;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  register(service: Service): void {
    this.#services.set(service.signingName, service);
  }

  /** What fails is an answer; rejects only with `AnswerLost`. */
  async handle(request: RawRequest): Promise<RawResponse> {
    const authorization = parseAuthorization(request.headers['authorization'] ?? '');
    const name = request.path.startsWith(FUNCTION_URL_PREFIX)
      ? 'lambda'
      : (authorization?.service ?? guessService(request));
    return this.#held(name, (service, underWay) => this.#serve(service, request, authorization, underWay));
  }

  /** A call that an AWS service makes itself, as `caller`: nothing is signed. Authorization, faults and the trail are as for any other. */
  readonly handleAs = (serviceName: string, caller: Caller, request: RawRequest): Promise<RawResponse> =>
    this.#held(serviceName, (service, underWay) => this.#admit(service, request, caller, underWay));

  /** As `handle`, without a signature: the key alone says whose call it is. For callers in this process that are not what is tested. */
  readonly handleUnsigned = (
    serviceName: string,
    accessKeyId: string,
    request: RawRequest,
  ): Promise<RawResponse> =>
    this.#held(serviceName, (service, underWay) => {
      const { credentials, clock } = this.#options;
      const owner = () => ownerOf(service.signingName, accessKeyId, credentials, clock.nowMs());
      return this.#identified(service, request, owner, underWay, credentials.find(accessKeyId)?.caller);
    });

  async #held(
    name: string,
    serve: (service: Service, underWay: UnderWay) => Promise<RawResponse>,
  ): Promise<RawResponse> {
    const service = this.#services.get(name);
    const requestId = this.#options.ids.uuid();
    if (service === undefined) return this.#stamp(unknownService(name), requestId);
    const { clock } = this.#options;
    const underWay: UnderWay = {
      requestId,
      release: service.holdsClock === true ? undefined : clock.hold(),
    };
    try {
      return this.#stamp(await serve(service, underWay), requestId);
    } finally {
      underWay.release?.();
    }
  }

  #serve(
    service: Service,
    request: RawRequest,
    authorization: Authorization | undefined,
    underWay: UnderWay,
  ): Promise<RawResponse> {
    const { clock, credentials } = this.#options;
    const signer = () => {
      if (authorization?.service !== service.signingName) throw authError(service.signingName, 'missing');
      return authenticate(request, authorization, credentials, clock.nowMs());
    };
    return this.#identified(service, request, signer, underWay);
  }

  async #identified(
    service: Service,
    request: RawRequest,
    identify: () => Caller | Promise<Caller>,
    underWay: UnderWay,
    /** Whose expired key it may be: its use is observed all the same. */
    owner?: Caller,
  ): Promise<RawResponse> {
    let caller: Caller;
    try {
      caller = await identify();
    } catch (thrown) {
      const { response, error } = this.#failure(service, request, underWay.requestId, thrown);
      if (owner !== undefined)
        this.observe?.({ ...this.#seen(service, request, owner, 0), error: error.name });
      return response;
    }
    return this.#admit(service, request, caller, underWay);
  }

  /** An authenticated call: the intercepting hook has its say, then the service. */
  async #admit(
    service: Service,
    request: RawRequest,
    caller: Caller,
    underWay: UnderWay,
  ): Promise<RawResponse> {
    const ordinal = ++this.#calls;
    const verdict = this.intercept === undefined ? 'proceed' : this.#ask(service, request, caller, ordinal);
    if (typeof verdict === 'object' && 'delayMs' in verdict) await this.#delay(verdict.delayMs, underWay);
    const { requestId } = underWay;
    const who = { caller, requestId, atMs: this.#options.clock.nowMs() };
    const refusal =
      typeof verdict === 'object' && 'refuse' in verdict ? refusalOf(verdict.refuse) : undefined;
    const { response, error } = await this.#record(service, request, who, refusal);
    this.observe?.({ ...this.#seen(service, request, caller, ordinal), atMs: who.atMs, error });
    if (typeof verdict === 'object' && 'loseAnswer' in verdict)
      throw new AnswerLost(`The connection was reset before the answer of ${service.signingName} arrived.`);
    return response;
  }

  #ask(service: Service, request: RawRequest, caller: Caller, ordinal: number): Verdict {
    return this.intercept?.(this.#seen(service, request, caller, ordinal)) ?? 'proceed';
  }

  #seen({ signingName }: Service, request: RawRequest, caller: Caller, ordinal: number): InterceptedCall {
    const operation = operationNameOf(signingName, request);
    const atMs = this.#options.clock.nowMs();
    return { service: signingName, operation, caller, atMs, ordinal, request };
  }

  /** Time must pass meanwhile: the call's hold is given back and taken again. */
  async #delay(ms: number, underWay: UnderWay): Promise<void> {
    const { clock } = this.#options;
    const waited = clock.sleep(ms);
    const holds = underWay.release !== undefined;
    underWay.release?.();
    await waited;
    if (holds) underWay.release = clock.hold();
  }

  async #record(
    service: Service,
    request: RawRequest,
    who: Pick<Call, 'caller' | 'requestId' | 'atMs'>,
    refusal: AwsError | undefined,
  ): Promise<{ readonly response: RawResponse; readonly error: string | undefined }> {
    let recorded: Recorded = {};
    const call: Call = {
      ...who,
      region: REGION,
      authorize: (check) =>
        this.#options.authorizer.authorize(who.caller, check, {
          atMs: who.atMs,
          service: service.signingName,
        }),
      record: (fields) => {
        recorded = { ...recorded, ...fields };
      },
    };
    const facts = { request, ...who, service: service.signingName, eventId: this.#options.ids.uuid() };
    try {
      if (refusal !== undefined) throw refusal;
      const response = await service.handle(request, call);
      this.trail.push(trailRecord({ ...facts, recorded }));
      return { response, error: undefined };
    } catch (thrown) {
      const { response, error } = this.#failure(service, request, who.requestId, thrown);
      this.trail.push(trailRecord({ ...facts, recorded, error }));
      return { response, error: error.name };
    }
  }

  #failure(
    service: Service,
    request: RawRequest,
    requestId: string,
    thrown: unknown,
  ): { response: RawResponse; error: AwsError } {
    if (thrown instanceof AwsError)
      return { response: service.renderError(thrown, { requestId }), error: thrown };
    this.onDefect(thrown, request);
    const error = new AwsError(
      'InternalFailure',
      'The embedded AWS has a defect; its message was reported.',
      500,
    );
    return { response: service.renderError(error, { requestId }), error };
  }

  /** The server's time lets SDK clients whose clock is another one correct their signatures. */
  #stamp(response: RawResponse, requestId: string): RawResponse {
    const date = new Date(this.#options.clock.nowMs()).toUTCString();
    return { ...response, headers: { date, 'x-amzn-requestid': requestId, ...response.headers } };
  }
}

function unknownService(name: string): RawResponse {
  const message = `The embedded AWS has no service "${name}". packages/local/README.md lists what it supports.`;
  const body = JSON.stringify({ __type: 'NotImplemented', message });
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': 'NotImplemented' };
  return { status: 501, headers, body: Buffer.from(body) };
}
