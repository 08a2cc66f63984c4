import { Aws } from 'aws-cdk-lib';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { Catcher, AslValue, Retrier, TaskState } from './asl.ts';

export interface InvokeProps {
  readonly comment: string;
  /** A function's published version. */
  readonly versionArn: string;
  readonly payload: AslValue;
  readonly timeoutSeconds: number;
  readonly output: AslValue;
  readonly retry?: readonly Retrier[];
  readonly caught: readonly Catcher[];
  readonly next: string;
}

/** A state that calls one function: https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html */
export const invoke = (props: InvokeProps): TaskState => ({
  Type: 'Task',
  Comment: props.comment,
  Resource: `arn:${Aws.PARTITION}:states:::lambda:invoke`,
  Arguments: { FunctionName: props.versionArn, Payload: props.payload },
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
