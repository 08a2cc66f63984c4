import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { Sha256 } from '../gateway/auth/sha256.ts';
import { AnswerLost } from '../gateway/intercept.ts';
import { AwsError, type RawResponse } from '../gateway/service.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
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
  /** Sent as `X-Amz-Tenant-Id`. @default - none */
  readonly tenantId?: string;
}

export interface InvokeAsOptions {
  readonly clock: LocalClock;
  readonly send: Transport;
  readonly assumeServiceRole: AssumeServiceRole;
  readonly region: string;
}

export interface InvokeAsResult {
  readonly ExecutedVersion: string;
  readonly Payload: unknown;
  readonly StatusCode: number;
}

interface SdkInvokeAsResult extends InvokeAsResult {
  /** JSON text. */
  readonly Payload: string;
  /** `Unhandled` if the function failed; `Payload` is then its error. */
  readonly FunctionError?: string;
}

/** How an integration of Step Functions names an error of Lambda, not of the function. */
type NameError = (code: string, status: number) => string;

/**
 * The optimized integration keeps these names after `Lambda.`. All others, such as AccessDeniedException, become
 * `Lambda.AWSLambdaException` with the code in the Cause:
 * https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
 */
const OPTIMIZED_NAMES = new Set([
  'TooManyRequestsException',
  'ServiceException',
  'ResourceNotFoundException',
]);

const nameOptimized: NameError = (code, status) => {
  if (OPTIMIZED_NAMES.has(code)) return `Lambda.${code}`;
  return status >= 500 ? 'Lambda.ServiceException' : 'Lambda.AWSLambdaException';
};

/**
 * The AWS SDK integration names an error after its class in the SDK for Java: `Lambda.<name>` if the model of Invoke has the error, and
 * otherwise, as for AccessDeniedException, the service's base class.
 * https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html and
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors
 */
const MODELED = new Set([
  ...['InvalidParameterValueException', 'InvalidRequestContentException', 'RequestTooLargeException'],
  ...['ResourceNotFoundException', 'ServiceException', 'TooManyRequestsException'],
]);

const nameOfSdk: NameError = (code) => (MODELED.has(code) ? `Lambda.${code}` : 'Lambda.LambdaException');

/** The optimized integration, `arn:aws:states:::lambda:invoke`: an error of the function becomes the error of the state. */
export function createInvokeAs(options: InvokeAsOptions) {
  const invoke = invoker(options, nameOptimized);
  return async (request: InvokeAsRequest): Promise<InvokeAsResult> => {
    const { FunctionError, Payload, ...result } = await invoke(request);
    if (FunctionError === undefined) return { ...result, Payload: JSON.parse(Payload) };
    const { errorType }: FunctionErrorPayload = JSON.parse(Payload);
    throw new StateInvokeError(errorType, Payload);
  };
}

/** The AWS SDK integration, `arn:aws:states:::aws-sdk:lambda:invoke`: a call whose function failed is a call that succeeded. */
export const createSdkInvokeAs = (options: InvokeAsOptions) => invoker(options, nameOfSdk);

/**
 * Invokes a function for Step Functions: assumes the machine's role and calls Invoke through the gateway,
 * like any client.
 */
function invoker({ clock, send, assumeServiceRole, region }: InvokeAsOptions, nameError: NameError) {
  return async (asked: InvokeAsRequest): Promise<SdkInvokeAsResult> => {
    const { functionArn, payload, roleArn, sessionName, tenantId } = asked;
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
        ...omitUndefined({ 'x-amz-tenant-id': tenantId }),
      },
      body,
    });
    const signer = new SignatureV4({ service: 'lambda', region, credentials, sha256: Sha256 });
    const { method, path, headers } = await signer.sign(request, { signingDate: new Date(clock.nowMs()) });
    return resultOf(await answered(send({ method, path, headers, body })), nameError);
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

function resultOf(response: RawResponse, nameError: NameError): SdkInvokeAsResult {
  const text = Buffer.from(response.body).toString('utf8');
  if (response.status >= 300) throw serviceError(response, text, nameError);
  return {
    ExecutedVersion: response.headers['x-amz-executed-version'] ?? '$LATEST',
    Payload: text,
    StatusCode: response.status,
    ...omitUndefined({ FunctionError: response.headers['x-amz-function-error'] }),
  };
}

function serviceError(
  { status, headers }: RawResponse,
  text: string,
  nameError: NameError,
): StateInvokeError {
  const code = headers['x-amzn-errortype'] ?? 'ServiceException';
  const name = nameError(code, status);
  const { message }: { readonly message?: string } = JSON.parse(text);
  const details = `Service: AWSLambda; Status Code: ${status}; Error Code: ${code}; Request ID: ${headers['x-amzn-requestid'] ?? ''}; Proxy: null`;
  return new StateInvokeError(name, `${message ?? code} (${details})`);
}
