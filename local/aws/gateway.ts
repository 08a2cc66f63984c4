import type { LocalClock } from '../clock.ts';
import { authError } from './auth/auth-errors.ts';
import { authenticate } from './auth/authenticate.ts';
import type { CredentialStore } from './auth/credentials.ts';
import { type Authorization, parseAuthorization } from './auth/sigv4.ts';
import type { Authorizer } from './iam/authorizer.ts';
import type { IdSource } from './ids.ts';
import { REGION } from './place.ts';
import {
  type Call,
  type Caller,
  type RawRequest,
  type RawResponse,
  type Service,
  AwsError,
} from './service.ts';
import { type Recorded, type TrailRecord, trailRecord } from './trail.ts';

/** Function URLs live under this path of the one endpoint: `/lambda-url/<url id>/…`. */
export const FUNCTION_URL_PREFIX = '/lambda-url/';

export interface GatewayOptions {
  readonly clock: LocalClock;
  readonly ids: IdSource;
  readonly credentials: CredentialStore;
  readonly authorizer: Authorizer;
}

/** A mistake of ours, not an error that AWS has: the caller gets InternalFailure, the hook gets the real thing. */
export type DefectHook = (error: unknown, request: RawRequest) => void;

/** Who a request without a signature would have been for: only so that its refusal has the right form. */
function guessService(request: RawRequest): string {
  const target = request.headers['x-amz-target'] ?? '';
  if (target.startsWith('DynamoDB')) return 'dynamodb';
  if (target.startsWith('AWSStepFunctions')) return 'states';
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
  readonly #services = new Map<string, Service>();
  readonly #options: GatewayOptions;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  register(service: Service): void {
    this.#services.set(service.signingName, service);
  }

  /** Never rejects: what fails is an answer. */
  async handle(request: RawRequest): Promise<RawResponse> {
    const authorization = parseAuthorization(request.headers['authorization'] ?? '');
    const name = request.path.startsWith(FUNCTION_URL_PREFIX)
      ? 'lambda'
      : (authorization?.service ?? guessService(request));
    const service = this.#services.get(name);
    const requestId = this.#options.ids.uuid();
    if (service === undefined) return this.#stamp(unknownService(name), requestId);
    const release = service.holdsClock === true ? undefined : this.#options.clock.hold();
    try {
      return this.#stamp(await this.#serve(service, request, authorization, requestId), requestId);
    } finally {
      release?.();
    }
  }

  async #serve(
    service: Service,
    request: RawRequest,
    authorization: Authorization | undefined,
    requestId: string,
  ): Promise<RawResponse> {
    const { clock, credentials } = this.#options;
    const atMs = clock.nowMs();
    let caller: Caller;
    try {
      if (authorization?.service !== service.signingName) throw authError(service.signingName, 'missing');
      caller = await authenticate(request, authorization, credentials, atMs);
    } catch (error) {
      return this.#failure(service, request, requestId, error).response;
    }
    return this.#record(service, request, { caller, requestId, atMs });
  }

  async #record(
    service: Service,
    request: RawRequest,
    who: Pick<Call, 'caller' | 'requestId' | 'atMs'>,
  ): Promise<RawResponse> {
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
      const response = await service.handle(request, call);
      this.trail.push(trailRecord({ ...facts, recorded }));
      return response;
    } catch (thrown) {
      const { response, error } = this.#failure(service, request, who.requestId, thrown);
      this.trail.push(trailRecord({ ...facts, recorded, error }));
      return response;
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
  const message = `The embedded AWS has no service "${name}". local/README.md lists what it supports.`;
  const body = JSON.stringify({ __type: 'NotImplemented', message });
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': 'NotImplemented' };
  return { status: 501, headers, body: Buffer.from(body) };
}
