import { Aws } from 'aws-cdk-lib';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { Catcher, AslValue, Retrier, TaskState } from './asl.ts';

export interface InvokeProps {
  readonly comment: string;
  /** A function's published version. */
  readonly versionArn: string;
  readonly payload: AslValue;
  /** An expression; the state then uses the AWS SDK integration, which can pass it. @default - none */
  readonly tenantId?: string;
  readonly timeoutSeconds: number;
  readonly output: AslValue;
  readonly retry?: readonly Retrier[];
  readonly caught: readonly Catcher[];
  readonly next: string;
}

/**
 * A state that calls one function: https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html. With a tenant, the payload of
 * its result is text, and an error of the function is a field of its result instead of an error of the state.
 */
export const invoke = (props: InvokeProps): TaskState => ({
  Type: 'Task',
  Comment: props.comment,
  Resource: `arn:${Aws.PARTITION}:states:::${props.tenantId === undefined ? '' : 'aws-sdk:'}lambda:invoke`,
  Arguments: {
    FunctionName: props.versionArn,
    ...omitUndefined({ TenantId: props.tenantId }),
    Payload: props.payload,
  },
  TimeoutSeconds: props.timeoutSeconds,
  Output: props.output,
  ...omitUndefined({ Retry: props.retry }),
  Catch: props.caught,
  Next: props.next,
});

/**
 * Everything that a state can catch. By AWS's documentation `States.ALL` does not include `States.DataLimitExceeded`, by recorded
 * executions it does, so it is listed as well: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export const catchAll = (next: string, output: AslValue): Catcher[] => [
  { ErrorEquals: ['States.DataLimitExceeded'], Output: output, Next: next },
  { ErrorEquals: ['States.ALL'], Output: output, Next: next },
];
