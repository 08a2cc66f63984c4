import * as z from 'zod';
import { omitUndefined } from '../../helpers/omit-undefined.ts';
import { inputDetail, outputDetail } from './history.ts';
import type { EventDetails } from './history.ts';
import type { HistoryEventType } from '@aws-sdk/client-sfn';
import { randomUUID } from 'node:crypto';
import type { LambdaResult } from './machine.ts';
import { dataLimitExceeded } from './state-error.ts';
import type { StateError } from './state-error.ts';

/** A Task that invokes Lambda: the call, and the history events of its kind of resource. */
export interface LambdaTask {
  readonly functionName: string;
  readonly payload: unknown;
  readonly tenantId?: string;
  /** Whether it is a call of the AWS SDK integration. */
  readonly isSdkCall?: boolean;
  scheduled(timeoutSeconds: number | undefined): TaskEvent;
  started(): TaskEvent;
  /** The state's result (`$states.result`), from Lambda's response. */
  result(lambda: LambdaResult): unknown;
  succeeded(result: unknown): TaskEvent;
  failed(error: StateError): TaskEvent;
  timedOut(error: StateError): TaskEvent;
  tooLarge(): StateError;
}

type TaskEvent = readonly [HistoryEventType, EventDetails?];

/**
 * The arguments of lambda:invoke: https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html.
 * Only RequestResponse is supported.
 */
const invokeArguments = z.strictObject({
  FunctionName: z.string().min(1),
  Payload: z.unknown().optional(),
  Qualifier: z.string().optional(),
  InvocationType: z.literal('RequestResponse').optional(),
});

/**
 * The arguments of aws-sdk:lambda:invoke, which are those of the SDK. Payload is a JSON value here as well: a blob of the SDK is written as
 * JSON, so that text would arrive in quotes. Only the answer's Payload is text.
 * https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
 */
const sdkInvokeArguments = invokeArguments.extend({ TenantId: z.string().min(1).optional() });

/** The Task for evaluated Arguments. Returns an error message when the Arguments do not fit the resource. */
export function lambdaTask(resource: string, args: unknown, region: string): LambdaTask | string {
  if (!resource.endsWith(':lambda:invoke')) return directTask(resource, args);
  const isSdkCall = resource.endsWith(':aws-sdk:lambda:invoke');
  const parsed = (isSdkCall ? sdkInvokeArguments : invokeArguments).safeParse(args);
  if (!parsed.success)
    return `The Arguments of ${isSdkCall ? 'aws-sdk:' : ''}lambda:invoke are not supported: ${z.prettifyError(parsed.error)}`;
  return { ...invokeTask(parsed.data, args, { region, isSdkCall }), isSdkCall };
}

interface Integration {
  readonly region: string;
  readonly isSdkCall: boolean;
}

type InvokeArguments = z.infer<typeof invokeArguments> & { readonly TenantId?: string | undefined };

function invokeTask(
  args: InvokeArguments,
  parameters: unknown,
  { region, isSdkCall }: Integration,
): LambdaTask {
  const SERVICE = { resource: 'invoke', resourceType: isSdkCall ? 'aws-sdk:lambda' : 'lambda' };
  return {
    functionName: args.Qualifier === undefined ? args.FunctionName : `${args.FunctionName}:${args.Qualifier}`,
    payload: args.Payload === undefined ? {} : args.Payload,
    ...omitUndefined({ tenantId: args.TenantId }),
    scheduled: (timeoutInSeconds) => {
      const taskScheduledEventDetails = {
        ...SERVICE,
        parameters: JSON.stringify(parameters),
        region,
        timeoutInSeconds,
      };
      return ['TaskScheduled', { taskScheduledEventDetails }];
    },
    started: () => ['TaskStarted', { taskStartedEventDetails: SERVICE }],
    result: isSdkCall ? sdkResult : invokeResult,
    succeeded: (result) => [
      'TaskSucceeded',
      { taskSucceededEventDetails: { ...SERVICE, ...outputDetail(result) } },
    ],
    failed: (error) => [
      'TaskFailed',
      { taskFailedEventDetails: { ...SERVICE, error: error.name, cause: error.cause } },
    ],
    timedOut: (error) => ['TaskTimedOut', { taskTimedOutEventDetails: { ...SERVICE, error: error.name } }],
    tooLarge: () => dataLimitExceeded(SERVICE.resourceType),
  };
}

function invokeResult(lambda: LambdaResult): unknown {
  const headers = { 'X-Amz-Executed-Version': lambda.executedVersion, 'Content-Type': 'application/json' };
  return {
    ExecutedVersion: lambda.executedVersion,
    Payload: lambda.payload ?? null,
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      HttpHeaders: headers,
      HttpStatusCode: 200,
    },
    SdkResponseMetadata: { RequestId: randomUUID() },
    StatusCode: 200,
  };
}

/** The answer of Invoke as the SDK has it: the payload is text, and an error of the function is a field. */
const sdkResult = ({ executedVersion, functionError, payload }: LambdaResult): unknown => ({
  ExecutedVersion: executedVersion,
  ...omitUndefined({ FunctionError: functionError }),
  Payload: payload,
  StatusCode: 200,
});

function directTask(resource: string, args: unknown): LambdaTask {
  return {
    functionName: resource,
    payload: args,
    scheduled: (timeoutInSeconds) => [
      'LambdaFunctionScheduled',
      { lambdaFunctionScheduledEventDetails: { resource, ...inputDetail(args), timeoutInSeconds } },
    ],
    started: () => ['LambdaFunctionStarted'],
    result: (lambda) => lambda.payload ?? null,
    succeeded: (result) => [
      'LambdaFunctionSucceeded',
      { lambdaFunctionSucceededEventDetails: outputDetail(result) },
    ],
    failed: (error) => [
      'LambdaFunctionFailed',
      { lambdaFunctionFailedEventDetails: { error: error.name, cause: error.cause } },
    ],
    timedOut: (error) => [
      'LambdaFunctionTimedOut',
      { lambdaFunctionTimedOutEventDetails: { error: error.name } },
    ],
    tooLarge: () => dataLimitExceeded(resource),
  };
}
