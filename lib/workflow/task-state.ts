import { Aws } from 'aws-cdk-lib';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { Catcher, Json, Retrier, TaskState } from './asl.ts';

export interface InvokeProps {
  readonly comment: string;
  /** A function's published version. */
  readonly versionArn: string;
  readonly payload: Json;
  readonly timeoutSeconds: number;
  readonly output: Json;
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

/** Everything that a state can catch. `States.ALL` does not stand for `States.DataLimitExceeded`, so that one is named. */
export const catchAll = (next: string, output: Json): Catcher[] => [
  { ErrorEquals: ['States.DataLimitExceeded'], Output: output, Next: next },
  { ErrorEquals: ['States.ALL'], Output: output, Next: next },
];
