import * as z from 'zod';
import { MAX_SECONDS } from '../limits.ts';

/**
 * The part of the Amazon States Language that the local interpreter supports, JSONata only:
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
 * Every object is strict: a field that is not listed is refused at load.
 */

const expression = z.string().regex(/^\{%[\s\S]*%\}$/, 'must be a JSONata expression, {% … %}');
const seconds = z.union([z.int().min(0).max(MAX_SECONDS), expression]);
const timeout = z.union([z.int().min(1).max(MAX_SECONDS), expression]);
const errorEquals = z.array(z.string().min(1)).min(1);

/**
 * Variable names; `states` is reserved:
 * https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
const variableName = z
  .string()
  .regex(/^[\p{L}_][\p{L}\p{N}_]{0,79}$/u, 'is not a variable name')
  .refine((name) => name !== 'states', 'is reserved');
const assign = z.record(variableName, z.unknown());

const common = { Comment: z.string().optional(), QueryLanguage: z.literal('JSONata').optional() };
const transition = { Next: z.string().optional(), End: z.literal(true).optional() };
const output = { Output: z.unknown().optional(), Assign: assign.optional() };

const retrier = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: errorEquals,
  IntervalSeconds: z.int().min(1).max(MAX_SECONDS).optional(),
  MaxAttempts: z.int().min(0).max(MAX_SECONDS).optional(),
  BackoffRate: z.number().min(1).optional(),
  MaxDelaySeconds: z.int().min(1).max(31_622_400).optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).optional(),
});

const catcher = z.strictObject({
  Comment: z.string().optional(),
  ErrorEquals: errorEquals,
  Next: z.string(),
  ...output,
});

const task = z.strictObject({
  Type: z.literal('Task'),
  ...common,
  ...transition,
  ...output,
  Resource: z
    .string()
    .regex(
      /^(arn:[\w-]+:states:[\w-]*:\d*:(?:aws-sdk:)?lambda:invoke|arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?)$/,
      'is not supported; use arn:aws:states:::lambda:invoke, arn:aws:states:::aws-sdk:lambda:invoke or the ARN of a Lambda function (no task tokens, no other service)',
    ),
  Arguments: z.custom<unknown>((value) => value !== undefined, 'is required'),
  TimeoutSeconds: timeout.optional(),
  Retry: z.array(retrier).optional(),
  Catch: z.array(catcher).optional(),
});

const choiceRule = z.strictObject({
  Comment: z.string().optional(),
  Condition: z.union([z.boolean(), expression]),
  Next: z.string(),
  ...output,
});

const choice = z.strictObject({
  Type: z.literal('Choice'),
  ...common,
  ...output,
  Choices: z.array(choiceRule).min(1),
  Default: z.string().optional(),
});

const wait = z.strictObject({
  Type: z.literal('Wait'),
  ...common,
  ...transition,
  ...output,
  Seconds: seconds.optional(),
  Timestamp: z.string().optional(),
});

const pass = z.strictObject({ Type: z.literal('Pass'), ...common, ...transition, ...output });
const succeed = z.strictObject({ Type: z.literal('Succeed'), ...common, Output: z.unknown().optional() });
const fail = z.strictObject({
  Type: z.literal('Fail'),
  ...common,
  Error: z.string().optional(),
  Cause: z.string().optional(),
});

export const stateSchemas = {
  Task: task,
  Choice: choice,
  Wait: wait,
  Pass: pass,
  Succeed: succeed,
  Fail: fail,
};

export const machineSchema = z.strictObject({
  Comment: z.string().optional(),
  QueryLanguage: z.literal('JSONata', 'must be JSONata: JSONPath is not supported'),
  Version: z.literal('1.0').optional(),
  StartAt: z.string(),
  TimeoutSeconds: z.int().min(1).max(MAX_SECONDS).optional(),
  States: z.record(z.string().min(1).max(80), z.unknown()),
});

export type Retrier = z.infer<typeof retrier>;
export type Catcher = z.infer<typeof catcher>;
export type TaskState = z.infer<typeof task>;
export type ChoiceState = z.infer<typeof choice>;
export type WaitState = z.infer<typeof wait>;
export type PassState = z.infer<typeof pass>;
export type SucceedState = z.infer<typeof succeed>;
export type FailState = z.infer<typeof fail>;
export type State = TaskState | ChoiceState | WaitState | PassState | SucceedState | FailState;

/** A definition that passed `parseDefinition`. */
export interface Definition {
  readonly StartAt: string;
  /** The timeout of the whole execution. */
  readonly TimeoutSeconds?: number | undefined;
  readonly States: ReadonlyMap<string, State>;
}
