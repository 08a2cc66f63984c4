import { AwsError, type Call, type RawRequest, type RawResponse, type Service } from '../gateway/service.ts';
import { answerRead, type ReadRoute } from '../gateway/wire/rest-routes.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import { invokeAsync, type AbandonedInvocation } from './async-invocation.ts';
import {
  parseUrlTarget,
  urlEvent,
  urlForbidden,
  urlNotFound,
  urlResponse,
  type UrlTarget,
} from './function-url.ts';
import { MAX_REQUEST_BYTES } from './limits.ts';
import type { FunctionRegistry, ResolvedFunction } from './registry.ts';
import type { FunctionHost, InvocationResult } from './types.ts';

const invokePath = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?(.*))?$/;

const checkOf = ({ invokedArn, resourcePolicy }: ResolvedFunction) => ({
  resource: invokedArn,
  ...omitUndefined({ resourcePolicy }),
});

/** Lambda: Invoke and function URLs. The template loader creates functions through the registry. */
export class LambdaService implements Service {
  readonly signingName = 'lambda';
  /** A function may sleep, so time must pass during a call. The host holds the clock during real work. */
  readonly holdsClock = true;
  /** Calls that describe functions. @default - none */
  reads: readonly ReadRoute[] = [];
  readonly registry: FunctionRegistry;
  readonly host: FunctionHost;

  readonly #onAbandoned: (abandoned: AbandonedInvocation) => void;

  /** @param onAbandoned Called with abandoned asynchronous invocations. */
  constructor(
    registry: FunctionRegistry,
    host: FunctionHost,
    onAbandoned: (abandoned: AbandonedInvocation) => void = () => undefined,
  ) {
    this.registry = registry;
    this.host = host;
    this.#onAbandoned = onAbandoned;
  }

  async handle(request: RawRequest, call: Call): Promise<RawResponse> {
    const read = answerRead(this.reads, request, call);
    if (read !== undefined) return read;
    const url = parseUrlTarget(request.path);
    if (url !== undefined) return this.#serveUrl(request, call, url);
    const [, reference, query] = invokePath.exec(request.path) ?? [];
    if (reference === undefined || request.method !== 'POST') {
      throw new AwsError(
        'UnknownOperationException',
        `The embedded Lambda does not support ${request.method} ${request.path}: packages/local/README.md lists what it does.`,
        404,
      );
    }
    const qualifier = new URLSearchParams(query ?? '').get('Qualifier') ?? undefined;
    return this.#invoke(request, call, this.registry.resolve(decodeURIComponent(reference), qualifier));
  }

  renderError(error: AwsError, call: { readonly requestId: string }): RawResponse {
    const name = error.name === 'AccessDenied' ? 'AccessDeniedException' : error.name;
    return {
      status: error.name.startsWith('AccessDenied') ? 403 : error.status,
      headers: {
        'content-type': 'application/json',
        'x-amzn-requestid': call.requestId,
        'x-amzn-errortype': name,
      },
      body: Buffer.from(JSON.stringify({ ...error.details, Message: error.message, message: error.message })),
    };
  }

  /** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
  async #invoke(request: RawRequest, call: Call, target: ResolvedFunction): Promise<RawResponse> {
    const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
    recordInvoke(call, target, { invocationType: type });
    call.authorize({ action: 'lambda:InvokeFunction', ...checkOf(target) });
    const ids = { requestId: call.requestId, ...tenantOf(request, target) };
    const eventText = eventTextOf(request);
    if (type === 'DryRun') return { status: 204, headers: {}, body: new Uint8Array() };
    if (type === 'Event') {
      // Not awaited: the result is in the logs and metrics.
      void invokeAsync(this.host, target, eventText, ids).then(
        (abandoned) => abandoned && this.#onAbandoned(abandoned),
      );
      return { status: 202, headers: {}, body: new Uint8Array() };
    }
    if (type !== 'RequestResponse')
      throw new AwsError(
        'InvalidParameterValueException',
        `InvocationType is '${type}'; use RequestResponse, Event or DryRun.`,
      );
    return invokeResponse(await this.host.invoke(target.fn, target.invokedArn, eventText, ids));
  }

  /** Needs both permissions: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
  async #serveUrl(request: RawRequest, call: Call, url: UrlTarget): Promise<RawResponse> {
    const target = this.registry.functionOfUrl(url.urlId);
    if (target === undefined) return urlNotFound(call.requestId);
    recordInvoke(call, target, { functionUrl: url.urlId });
    const context = { 'lambda:FunctionUrlAuthType': 'AWS_IAM' };
    try {
      call.authorize({ action: 'lambda:InvokeFunctionUrl', ...checkOf(target), context });
      call.authorize({
        action: 'lambda:InvokeFunction',
        ...checkOf(target),
        context: { ...context, 'lambda:InvokedViaFunctionUrl': 'true' },
      });
    } catch (error) {
      if (error instanceof AwsError) return urlForbidden(call.requestId);
      throw error;
    }
    return urlResponse(
      await this.host.invoke(target.fn, target.invokedArn, JSON.stringify(urlEvent(request, call, url)), {
        requestId: call.requestId,
      }),
    );
  }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_RequestSyntax */
const TENANT_ID = /^[\w.:/=+\-@ ]{1,256}$/;

/**
 * The tenant of an invocation. A function that isolates tenants needs one, any other function refuses one:
 * https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation-troubleshooting.html
 */
function tenantOf(
  { headers }: RawRequest,
  { fn, invokedArn }: ResolvedFunction,
): { readonly tenantId?: string } {
  const tenantId = headers['x-amz-tenant-id'];
  const isIsolated = fn.spec.tenantIsolation !== undefined;
  if (isIsolated !== (tenantId !== undefined))
    throw invalidParameter(
      isIsolated
        ? `The invoked function ${invokedArn} is enabled with tenant isolation, and the request has no tenant ID. Add a tenant ID.`
        : `The invoked function ${invokedArn} is not enabled with tenant isolation, and the request has a tenant ID. Remove the tenant ID.`,
    );
  if (tenantId !== undefined && !TENANT_ID.test(tenantId))
    throw invalidParameter(`TenantId is '${tenantId}'; it must match ${TENANT_ID.source}.`);
  return omitUndefined({ tenantId });
}

const invalidParameter = (message: string): AwsError =>
  new AwsError('InvalidParameterValueException', message, 400, { Type: 'User' });

function recordInvoke(
  call: Call,
  { fn, invokedArn }: ResolvedFunction,
  parameters: Record<string, unknown>,
): void {
  call.record({
    eventName: 'Invoke',
    eventCategory: 'Data',
    readOnly: false,
    requestParameters: { functionName: invokedArn, ...parameters },
    resources: [{ ARN: fn.spec.arn, type: 'AWS::Lambda::Function' }],
  });
}

function eventTextOf({ body }: RawRequest): string {
  if (body.byteLength > MAX_REQUEST_BYTES) {
    throw new AwsError(
      'RequestTooLargeException',
      `Request must be smaller than ${MAX_REQUEST_BYTES} bytes for the InvokeFunction operation`,
      413,
    );
  }
  const text = body.byteLength === 0 ? '{}' : Buffer.from(body).toString('utf8');
  try {
    JSON.parse(text);
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${String(error)}`,
      400,
    );
  }
  return text;
}

function invokeResponse(result: InvocationResult): RawResponse {
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amzn-requestid': result.requestId,
      'x-amz-executed-version': result.version,
      ...(result.error === undefined ? {} : { 'x-amz-function-error': 'Unhandled' }),
    },
    body: Buffer.from(result.payload),
  };
}
