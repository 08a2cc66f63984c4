import type { Clock } from 'taskbound-time/clock';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import { compile } from './bundle.ts';
import { PlatformError } from './errors.ts';
import { MAX_RESPONSE_BYTES } from './limits.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import type { FunctionVersion } from './types.ts';
import { logGroupOf } from './variables.ts';

export type Handler = (event: unknown, context: unknown) => unknown;

/** Runs one step of the function's code, with a time limit. */
export type RunStep = <T>(step: () => T) => T;

/** Loads the function's code into its sandbox. Throws a PlatformError when the code exports no handler. */
export function loadHandler({ spec, code }: FunctionVersion, sandbox: Sandbox, runStep: RunStep): Handler {
  const module: { exports: Record<string, unknown> } = { exports: sandbox.emptyObject() };
  const { require } = sandbox;
  const factory = compile(code).runInContext(sandbox.context);
  const importBuiltin = async (name: string): Promise<unknown> => {
    const imported = require(name);
    return typeof imported === 'object' ? { ...imported, default: imported } : { default: imported };
  };
  runStep(() =>
    factory.call(module.exports, module.exports, require, module, code.fileName, '/var/task', importBuiltin),
  );
  const handler = module.exports[code.exportName];
  if (typeof handler !== 'function') {
    throw new PlatformError('Runtime.HandlerNotFound', `${spec.handler} is undefined or not exported`, []);
  }
  return (event, context) => handler(event, context);
}

interface InvocationIds {
  readonly requestId: string;
  readonly invokedArn: string;
  readonly logStreamName: string | undefined;
  /** Undefined for a function that does not isolate tenants. */
  readonly tenantId: string | undefined;
}

/** The context object of an invocation: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
export function handlerContext(
  fn: FunctionVersion,
  { requestId, invokedArn, logStreamName, tenantId }: InvocationIds,
  clock: Pick<Clock, 'nowMs'>,
) {
  const { spec, version } = fn;
  const deadlineMs = clock.nowMs() + spec.timeoutSeconds * 1_000;
  return {
    functionName: spec.name,
    functionVersion: version,
    invokedFunctionArn: invokedArn,
    memoryLimitInMB: String(spec.memoryMb),
    awsRequestId: requestId,
    logGroupName: logGroupOf(fn),
    logStreamName,
    ...omitUndefined({ tenantId }),
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - clock.nowMs()),
  };
}

/**
 * The handler's result as JSON text. Throws a PlatformError when it is not JSON or too large:
 * https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html#troubleshooting-invocation-response
 */
export function serializeResult(value: unknown, runStep: RunStep): string {
  let text: string;
  try {
    text = runStep(() => JSON.stringify(value)) ?? 'null';
  } catch (error) {
    throw new PlatformError(
      'Runtime.MarshalError',
      `Unable to stringify response body as json: ${String(error)}`,
      [],
    );
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_RESPONSE_BYTES) {
    throw new PlatformError(
      'Function.ResponseSizeTooLarge',
      `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
    );
  }
  return text;
}
