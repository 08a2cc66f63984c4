import { type HttpRequest, HttpResponse } from '@smithy/protocol-http';
import { Readable } from 'node:stream';
import { randomUUID } from 'node:crypto';
import {
  AwsError,
  type Call,
  type Check,
  type RawRequest,
  type RawResponse,
  type Service,
} from 'taskbound-local/gateway/service';

type Recorded = Parameters<Call['record']>[0];

/** A minimal gateway for services under test: no signatures, one caller, permissions by a predicate. */
export class TestGateway {
  readonly #services = new Map<string, Service>();
  readonly #nowMs: () => number;
  readonly checks: Check[] = [];
  readonly records: Recorded[] = [];
  readonly requests: RawRequest[] = [];
  allows: (check: Check) => boolean = () => true;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  register(service: Service): void {
    this.#services.set(service.signingName, service);
  }

  readonly handle = async (request: RawRequest): Promise<RawResponse> => {
    this.requests.push(request);
    const scope =
      /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
    const service = this.#services.get(scope);
    if (service === undefined) throw new Error(`no service '${scope}' for ${request.path}`);
    const call = this.#call();
    try {
      return await service.handle(request, call);
    } catch (error) {
      if (error instanceof AwsError) return service.renderError(error, call);
      throw error;
    }
  };

  #call(): Call {
    return {
      requestId: randomUUID(),
      caller: {
        kind: 'role-session',
        accountId: '111122223333',
        arn: 'arn:aws:sts::111122223333:assumed-role/Tester/alice',
        userId: 'AROAEXAMPLE:alice',
        accessKeyId: 'ASIAEXAMPLE',
      },
      atMs: this.#nowMs(),
      region: 'eu-central-1',
      authorize: (check) => {
        this.checks.push(check);
        if (!this.allows(check))
          throw new AwsError(
            'AccessDenied',
            `User: alice is not authorized to perform: ${check.action} on resource: ${check.resource}`,
            403,
          );
      },
      record: (fields) => void this.records.push(fields),
    };
  }

  /** For an SDK client's `requestHandler`. Passes the path exactly as the client serialized it. */
  readonly requestHandler = {
    handle: async (request: HttpRequest): Promise<{ response: HttpResponse }> => {
      const query = Object.entries(request.query).map(([name, value]) =>
        value === null || value === undefined
          ? name
          : `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`,
      );
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const body =
        request.body instanceof Readable
          ? Buffer.concat(await request.body.toArray())
          : Buffer.from(request.body ?? '');
      const path = query.length === 0 ? request.path : `${request.path}?${query.join('&')}`;
      const answer = await this.handle({ method: request.method, path, headers, body });
      const sent = request.method === 'HEAD' ? [] : [answer.body];
      return {
        response: new HttpResponse({
          statusCode: answer.status,
          headers: { ...answer.headers },
          body: Readable.from(sent),
        }),
      };
    },
  };

  clientConfig() {
    return {
      region: 'eu-central-1',
      endpoint: 'http://127.0.0.1:4566',
      credentials: { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' },
      requestHandler: this.requestHandler,
      maxAttempts: 1,
    };
  }
}
