import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { AwsError, RawRequest, RawResponse } from '../gateway/service.ts';

/**
 * AWS JSON 1.0, the protocol of the SDK's SFN client:
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
const TARGET_PREFIX = 'AWSStepFunctions.';
const CONTENT_TYPE = 'application/x-amz-json-1.0';

/** The operation's name, or `undefined` when the request is not for this service. */
export function operationOf(request: RawRequest): string | undefined {
  const target = request.headers['x-amz-target'];
  return target?.startsWith(TARGET_PREFIX) === true ? target.slice(TARGET_PREFIX.length) : undefined;
}

/** The body's JSON value; `undefined` when it is not JSON. */
export function readBody(request: RawRequest): unknown {
  try {
    return JSON.parse(Buffer.from(request.body).toString('utf8') || '{}');
  } catch {
    return undefined;
  }
}

export function jsonResponse(status: number, requestId: string, body: unknown): RawResponse {
  const headers = { 'content-type': CONTENT_TYPE, 'x-amzn-requestid': requestId };
  return { status, headers, body: Buffer.from(JSON.stringify(body), 'utf8') };
}

/**
 * IAM's denial has another name in JSON services:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html
 */
export function errorResponse(error: AwsError, requestId: string): RawResponse {
  const type = error.name === 'AccessDenied' ? 'AccessDeniedException' : error.name;
  return jsonResponse(error.name === 'AccessDenied' ? 400 : error.status, requestId, {
    __type: type,
    message: error.message,
  });
}

/** A timestamp of the protocol: seconds since 1970, with a fraction. */
export function wireTime(ms: number): number {
  return ms / 1000;
}

const DATA_FIELDS = [
  'input',
  'output',
  'parameters',
  'inputDetails',
  'outputDetails',
  'assignedVariables',
  'assignedVariablesDetails',
];

/** An event as the protocol encodes it, with or without execution data. */
export function wireEvent(event: HistoryEvent, includeData: boolean): unknown {
  const entries = Object.entries(event).map(([key, value]: [string, unknown]) => {
    if (value instanceof Date) return [key, wireTime(value.getTime())];
    return [key, includeData ? value : withoutData(value)];
  });
  return Object.fromEntries(entries);
}

function withoutData(details: unknown): unknown {
  if (typeof details !== 'object' || details === null) return details;
  return Object.fromEntries(Object.entries(details).filter(([key]) => !DATA_FIELDS.includes(key)));
}
