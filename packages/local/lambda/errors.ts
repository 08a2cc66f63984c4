import { types } from 'node:util';
import { AwsError } from '../gateway/service.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { FunctionErrorPayload } from './types.ts';

/** An invocation that the platform ended, not the handler. Its environment is destroyed. */
export class PlatformError extends Error {
  override readonly name: string;
  readonly trace: readonly string[] | undefined;
  constructor(name: string, message: string, trace?: readonly string[]) {
    super(message);
    this.name = name;
    this.trace = trace;
  }
}

/** https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html */
export const exitError = (requestId: string, status: string): PlatformError =>
  new PlatformError(
    'Runtime.ExitError',
    `RequestId: ${requestId} Error: Runtime exited with error: ${status}`,
  );

export const timedOut = (requestId: string, atMs: number, timeoutSeconds: number): PlatformError =>
  new PlatformError(
    'Sandbox.Timedout',
    `${new Date(atMs).toISOString()} ${requestId} Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
  );

interface ErrorLike {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
}

const isErrorLike = (value: unknown): value is ErrorLike =>
  types.isNativeError(value) ||
  (typeof value === 'object' && value !== null && 'name' in value && 'message' in value && 'stack' in value);

/** The stack frames of the function's file and of Node, without those of the host. */
function traceOf(stack: unknown): string[] {
  const [head, ...frames] = String(stack ?? '').split('\n');
  return [
    head ?? '',
    ...frames.filter((frame) => !/^\s+at /.test(frame) || /\/var\/task\/|\(node:|at node:/.test(frame)),
  ];
}

/**
 * The payload of a thrown value, as the Node.js runtime creates it. Reading the value may run the function's
 * getters.
 */
export function payloadOf(thrown: unknown): FunctionErrorPayload {
  if (thrown instanceof PlatformError) {
    return {
      errorType: thrown.name,
      errorMessage: thrown.message,
      ...omitUndefined({ trace: thrown.trace }),
    };
  }
  if (!isErrorLike(thrown)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return {
    errorType: String(thrown.name),
    errorMessage: String(thrown.message),
    trace: traceOf(thrown.stack),
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors */
export const tooManyRequests = (Reason: string): AwsError =>
  new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Reason, Type: 'User' });
