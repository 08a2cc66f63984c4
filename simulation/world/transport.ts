import { Readable } from 'node:stream';
import { type HttpHandler, HttpResponse } from '@smithy/protocol-http';
import type { AwsConfig } from '../../lambdas/control/function/aws-config.ts';
import { AnswerLost } from 'taskbound-local/gateway/intercept';
import type { RawRequest, RawResponse } from 'taskbound-local/gateway/service';
import { bytesOf, lowerCased, targetOf } from 'taskbound-local/gateway/in-process-handler';
import type { Clock } from 'taskbound-time/clock';
import { currentInvocation, never, runCall, type ActiveCall } from './invocation.ts';

const SERVICE = 'x-simulated-service';
const KEY = 'x-simulated-key';

type Request = Parameters<HttpHandler['handle']>[0];

export interface TransportParts {
  readonly clock: Clock;
  readonly send: (service: string, accessKeyId: string, request: RawRequest) => Promise<RawResponse>;
  /** Called before and after every call of a function. Faults let the function die or pause there. */
  readonly before: (call: ActiveCall) => Promise<void>;
  readonly after: (call: ActiveCall) => Promise<void>;
  /** The maximum number of attempts. @default ATTEMPTS */
  readonly attempts?: number;
}

/**
 * The SDK's standard mode: three attempts.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const ATTEMPTS = 3;
const FIRST_BACKOFF_MS = 100;

/** The errors that the SDK retries, from the same page. */
const TRANSIENT_STATUS = new Set([500, 502, 503, 504]);
const THROTTLED = /^(Throttl|TooManyRequests|RequestLimitExceeded|ProvisionedThroughputExceeded|SlowDown)/;

const isTransient = ({ status, headers, body }: RawResponse): boolean =>
  TRANSIENT_STATUS.has(status) ||
  (status >= 400 &&
    (THROTTLED.test(headers['x-amzn-errortype'] ?? '') || /<Code>Throttling/.test(textOf(body))));

const textOf = (body: Uint8Array): string => Buffer.from(body).toString('utf8');

/**
 * Settings that the SDK would otherwise read from files. Reading a file is real work, during which virtual time may or may not pass.
 * `maxAttempts` is 1 because this module makes the retries.
 */
const FIXED_SETTINGS = {
  maxAttempts: 1,
  retryMode: 'standard',
  defaultsMode: 'standard',
  useFipsEndpoint: false,
  useDualstackEndpoint: false,
  userAgentAppId: 'simulation',
  forcePathStyle: true,
  useArnRegion: false,
  disableMultiregionAccessPoints: false,
  disableS3ExpressSessionAuth: true,
  requestChecksumCalculation: 'WHEN_SUPPORTED',
  responseChecksumValidation: 'WHEN_SUPPORTED',
  disableRequestCompression: true,
  accountIdEndpointMode: 'disabled',
  authSchemePreference: [],
} as const;

/**
 * The configuration of AWS clients in a simulation. They call the embedded AWS in this process. Only the access key identifies the caller.
 * Retries are made here instead of in the SDK, so that their pauses use the virtual clock and are the same in every run.
 */
export function simulatedAws(
  parts: TransportParts,
  credentials: NonNullable<AwsConfig['credentials']>,
): AwsConfig & typeof FIXED_SETTINGS {
  return {
    ...FIXED_SETTINGS,
    region: 'eu-central-1',
    endpoint: ORIGIN,
    credentials,
    requestHandler: new SimulatedHandler(parts),
    signerConstructor: MarkingSigner as unknown as NonNullable<AwsConfig['signerConstructor']>,
  };
}

const ORIGIN = 'http://127.0.0.1:1';

/**
 * All services have the same endpoint, so clients do not need endpoint rules, which take a large part of the time of a call. Do not use
 * this for S3, which needs its rules.
 */
export const withoutEndpointRules = (aws: AwsConfig): AwsConfig => {
  const endpointProvider = () => ({ url: new URL(ORIGIN) });
  return { ...aws, endpointProvider } as AwsConfig;
};

interface SignerInit {
  readonly service: string;
  readonly credentials: { readonly accessKeyId: string } | (() => Promise<{ readonly accessKeyId: string }>);
}

/** Adds the caller and the service to the request instead of a signature. */
class MarkingSigner {
  readonly #init: SignerInit;
  constructor(init: SignerInit) {
    this.#init = init;
  }

  async sign(request: Request): Promise<Request> {
    const { service, credentials } = this.#init;
    const { accessKeyId } = typeof credentials === 'function' ? await credentials() : credentials;
    request.headers[SERVICE] = service;
    request.headers[KEY] = accessKeyId;
    return request;
  }
}

class SimulatedHandler implements HttpHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #parts: TransportParts;

  constructor(parts: TransportParts) {
    this.#parts = parts;
  }

  async handle(request: Request): Promise<{ response: HttpResponse }> {
    const headers = lowerCased(request.headers);
    const raw: RawRequest = {
      method: request.method,
      path: targetOf(request),
      headers,
      body: await bytesOf(request.body),
    };
    const { status, headers: answered, body } = await this.#attempts(raw);
    return {
      response: new HttpResponse({
        statusCode: status,
        headers: lowerCased(answered),
        body: Readable.from(body.length > 0 ? [body] : []),
      }),
    };
  }

  async #attempts(raw: RawRequest): Promise<RawResponse> {
    const invocation = currentInvocation();
    if (invocation === undefined) throw new Error('A simulated client was used outside of an invocation.');
    if (invocation.dead) return never();
    const call = invocation.nextCall();
    for (let attempt = 1; ; attempt += 1) {
      const active = { invocation, call, attempt };
      const answer = await this.#attempt(raw, active);
      if (invocation.dead) return never();
      const isFinal = attempt === (this.#parts.attempts ?? ATTEMPTS);
      if (!(answer instanceof AnswerLost) && (isFinal || !isTransient(answer))) return answer;
      if (isFinal) throw answer;
      await this.#parts.clock.sleep(FIRST_BACKOFF_MS * 2 ** (attempt - 1));
    }
  }

  async #attempt(raw: RawRequest, active: ActiveCall): Promise<RawResponse | AnswerLost> {
    const { before, after, send } = this.#parts;
    await before(active);
    if (active.invocation.dead) return never();
    const { headers } = raw;
    const answer = await runCall(active, () => send(headers[SERVICE] ?? '', headers[KEY] ?? '', raw)).catch(
      (error: unknown) => {
        if (error instanceof AnswerLost) return error;
        throw error;
      },
    );
    await after(active);
    return answer;
  }

  updateHttpClientConfig(): void {}
  httpHandlerConfigs(): object {
    return {};
  }
  destroy(): void {}
}
