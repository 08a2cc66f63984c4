import type { Call, RawRequest, RawResponse } from '../gateway/service.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { InvocationResult } from './types.ts';

/** `/lambda-url/<id>/<path>?<query>` */
const target = /^\/lambda-url\/([\w-]+)(\/[^?]*)?(?:\?(.*))?$/;

export interface UrlTarget {
  readonly urlId: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
}

export function parseUrlTarget(path: string): UrlTarget | undefined {
  const [, urlId, rawPath, rawQueryString] = target.exec(path) ?? [];
  return urlId === undefined
    ? undefined
    : { urlId, rawPath: rawPath ?? '/', rawQueryString: rawQueryString ?? '' };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads */
export function urlEvent(request: RawRequest, call: Call, { urlId, rawPath, rawQueryString }: UrlTarget) {
  const { caller } = call;
  const domainName = request.headers['host'] ?? '';
  const { text, isBase64Encoded } = bodyOf(request);
  const query = Object.fromEntries(new URLSearchParams(rawQueryString));
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: request.headers,
    ...(rawQueryString === '' ? {} : { queryStringParameters: query }),
    requestContext: {
      accountId: caller.accountId,
      apiId: urlId,
      authentication: null,
      authorizer: {
        iam: {
          accessKey: caller.accessKeyId,
          accountId: caller.accountId,
          callerId: caller.userId,
          cognitoIdentity: null,
          principalOrgId: null,
          userArn: caller.arn,
          userId: caller.userId,
        },
      },
      domainName,
      domainPrefix: urlId,
      http: {
        method: request.method,
        path: rawPath,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: call.requestId,
      routeKey: '$default',
      stage: '$default',
      time: formatTime(call.atMs),
      timeEpoch: call.atMs,
    },
    ...omitUndefined({ body: text }),
    isBase64Encoded,
  };
}

/** `23/Nov/2026:10:00:00 +0000` */
function formatTime(atMs: number): string {
  const [, day, month, year, time] = new Date(atMs).toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}

/** Text is passed as text, everything else as base64. */
function bodyOf({ headers, body }: RawRequest): {
  readonly text: string | undefined;
  readonly isBase64Encoded: boolean;
} {
  if (body.byteLength === 0) return { text: undefined, isBase64Encoded: false };
  const isText = /^(text\/|application\/(json|javascript|xml|x-www-form-urlencoded)|.*\+(json|xml))/.test(
    headers['content-type'] ?? 'application/json',
  );
  return { text: Buffer.from(body).toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}

interface ResponseShape {
  readonly statusCode?: unknown;
  readonly headers?: unknown;
  readonly cookies?: unknown;
  readonly body?: unknown;
  readonly isBase64Encoded?: unknown;
}

const isShape = (value: unknown): value is ResponseShape =>
  typeof value === 'object' && value !== null && 'statusCode' in value;

const headersOf = (headers: unknown): Record<string, string> =>
  typeof headers === 'object' && headers !== null
    ? Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
    : {};

/**
 * The response to the caller of a function URL:
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
 */
export function urlResponse(result: InvocationResult): RawResponse {
  const json = { 'content-type': 'application/json', 'x-amzn-requestid': result.requestId };
  if (result.error !== undefined)
    return { status: 502, headers: json, body: Buffer.from('Internal Server Error') };
  const value: unknown = JSON.parse(result.payload);
  if (!isShape(value)) {
    const text = typeof value === 'string' ? value : result.payload;
    return { status: 200, headers: json, body: Buffer.from(text) };
  }
  const text =
    typeof value.body === 'string' ? value.body : value.body === undefined ? '' : JSON.stringify(value.body);
  return {
    status: Number(value.statusCode),
    headers: { ...json, ...headersOf(value.headers) },
    body: Buffer.from(text, value.isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
export const urlForbidden = (requestId: string): RawResponse => ({
  status: 403,
  headers: {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': 'AccessDeniedException',
  },
  body: Buffer.from(
    JSON.stringify({
      Message:
        'Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html',
    }),
  ),
});

export const urlNotFound = (requestId: string): RawResponse => ({
  status: 404,
  headers: {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    'x-amzn-errortype': 'ResourceNotFoundException',
  },
  body: Buffer.from(JSON.stringify({ Message: null })),
});
