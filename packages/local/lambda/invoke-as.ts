import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../gateway/auth/sha256.ts';
import { AnswerLost } from '../gateway/intercept.ts';
import { AwsError, type RawResponse } from '../gateway/service.ts';
import type { LocalClock } from '../clock/local-clock.ts';
import type { Transport } from './transport.ts';
import type { AssumeServiceRole, FunctionErrorPayload } from './types.ts';
import { IN_PROCESS_ENDPOINT } from './variables.ts';

/** A failed invocation. `name` is the string that `ErrorEquals` of a state matches; `message` is the Cause. */
class StateInvokeError extends Error {
  override readonly name: string;
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

export interface InvokeAsRequest {
  /** Usually a version's ARN; the unqualified ARN works too. */
  readonly functionArn: string;
  /** The function's event. */
  readonly payload: unknown;
  /** The state machine's role. */
  readonly roleArn: string;
  /** The name of the role session. @default states */
  readonly sessionName?: string;
}

export interface InvokeAsOptions {
  readonly clock: LocalClock;
  readonly send: Transport;
  readonly assumeServiceRole: AssumeServiceRole;
  readonly region: string;
}

/** The result of `arn:aws:states:::lambda:invoke`. */
export interface InvokeAsResult {
  readonly ExecutedVersion: string;
  readonly Payload: unknown;
  readonly StatusCode: number;
}

/**
 * Errors that keep their name after `Lambda.`. All others, such as AccessDeniedException, become
 * `Lambda.AWSLambdaException` with the code in the Cause:
 * https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
 */
const OWN_NAMES = new Set(['TooManyRequestsException', 'ServiceException', 'ResourceNotFoundException']);

/**
 * Invokes a function for Step Functions: assumes the machine's role and calls Invoke through the gateway,
 * like any client.
 */
export function createInvokeAs({ clock, send, assumeServiceRole, region }: InvokeAsOptions) {
  return async ({ functionArn, payload, roleArn, sessionName }: InvokeAsRequest): Promise<InvokeAsResult> => {
    const credentials = await assumeRole(() =>
      assumeServiceRole(roleArn, 'states.amazonaws.com', sessionName ?? 'states'),
    );
    const endpoint = new URL(IN_PROCESS_ENDPOINT);
    const body = Buffer.from(JSON.stringify(payload ?? {}));
    const request = new HttpRequest({
      method: 'POST',
      protocol: 'http:',
      hostname: endpoint.hostname,
      path: `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`,
      headers: {
        host: endpoint.host,
        'content-type': 'application/json',
        'x-amz-invocation-type': 'RequestResponse',
      },
      body,
    });
    const signer = new SignatureV4({ service: 'lambda', region, credentials, sha256: Sha256 });
    const { method, path, headers } = await signer.sign(request, { signingDate: new Date(clock.nowMs()) });
    return resultOf(await answered(send({ method, path, headers, body })));
  };
}

/**
 * Turns a broken connection into its error name:
 * https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
 */
async function answered(response: Promise<RawResponse>): Promise<RawResponse> {
  try {
    return await response;
  } catch (error) {
    if (!(error instanceof AnswerLost)) throw error;
    throw new StateInvokeError('Lambda.SdkClientException', error.message);
  }
}

async function assumeRole<T>(assume: () => T | Promise<T>): Promise<T> {
  try {
    return await assume();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new StateInvokeError(
      'States.TaskFailed',
      `Neither the global service principal states.amazonaws.com nor a regional one is allowed to assume the role: ${error.message}`,
    );
  }
}

function resultOf(response: RawResponse): InvokeAsResult {
  const text = Buffer.from(response.body).toString('utf8');
  if (response.status >= 300) throw serviceError(response, text);
  if (response.headers['x-amz-function-error'] !== undefined) {
    const { errorType }: FunctionErrorPayload = JSON.parse(text);
    throw new StateInvokeError(errorType, text);
  }
  return {
    ExecutedVersion: response.headers['x-amz-executed-version'] ?? '$LATEST',
    Payload: JSON.parse(text),
    StatusCode: response.status,
  };
}

function serviceError({ status, headers }: RawResponse, text: string): StateInvokeError {
  const code = headers['x-amzn-errortype'] ?? 'ServiceException';
  const name = OWN_NAMES.has(code)
    ? `Lambda.${code}`
    : status >= 500
      ? 'Lambda.ServiceException'
      : 'Lambda.AWSLambdaException';
  const { message }: { readonly message?: string } = JSON.parse(text);
  const details = `Service: AWSLambda; Status Code: ${status}; Error Code: ${code}; Request ID: ${headers['x-amzn-requestid'] ?? ''}; Proxy: null`;
  return new StateInvokeError(name, `${message ?? code} (${details})`);
}
