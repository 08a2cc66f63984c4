import * as z from 'zod';
import { AwsError } from '../gateway/service.ts';
import { MAX_PAYLOAD_BYTES } from './limits.ts';

/**
 * The inputs of the API operations:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_Operations.html
 */
const arn = z.string().min(1).max(256);
const page = { maxResults: z.int().min(0).max(1000).optional(), nextToken: z.string().optional() };

export const requests = {
  startExecution: z.object({
    stateMachineArn: arn,
    name: z.string().optional(),
    input: z
      .string()
      .refine(
        (text) => Buffer.byteLength(text, 'utf8') <= MAX_PAYLOAD_BYTES,
        `must be at most ${MAX_PAYLOAD_BYTES} bytes`,
      )
      .optional(),
    traceHeader: z.string().optional(),
  }),
  describeExecution: z.object({ executionArn: arn }),
  getExecutionHistory: z.object({
    executionArn: arn,
    ...page,
    reverseOrder: z.boolean().optional(),
    includeExecutionData: z.boolean().optional(),
  }),
  stopExecution: z.object({
    executionArn: arn,
    error: z.string().max(256).optional(),
    cause: z.string().max(32_768).optional(),
  }),
  redriveExecution: z.object({ executionArn: arn, clientToken: z.string().min(1).max(64).optional() }),
  listExecutions: z.object({
    stateMachineArn: arn,
    ...page,
    statusFilter: z
      .enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'])
      .optional(),
  }),
  describeStateMachine: z.object({ stateMachineArn: arn }),
  describeStateMachineForExecution: z.strictObject({ executionArn: arn }),
  listStateMachines: z.strictObject(page),
  listTagsForResource: z.strictObject({ resourceArn: arn }),
};

/** Parses an operation's input. Throws ValidationException. */
export function readRequest<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new AwsError('ValidationException', `The request is not valid: ${z.prettifyError(parsed.error)}`);
}

/** Throws InvalidArn unless the ARN has the right kind. */
export function checkArn(value: string, kind: 'stateMachine' | 'execution'): void {
  const shape =
    kind === 'execution'
      ? /^arn:[\w-]+:states:[\w-]+:\d{12}:execution:[^:]+:[^:]+$/
      : /^arn:[\w-]+:states:[\w-]+:\d{12}:stateMachine:[^:]+$/;
  if (!shape.test(value))
    throw new AwsError('InvalidArn', `Invalid Arn: '${value}' is not the ARN of a ${kind}`);
}

/** One page of a list, and the token of the next page, which is opaque to callers. Throws InvalidToken. */
export function pageOf<T>(
  items: readonly T[],
  asked: { readonly maxResults?: number | undefined; readonly nextToken?: string | undefined },
): {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
} {
  const offset =
    asked.nextToken === undefined ? 0 : Number(Buffer.from(asked.nextToken, 'base64url').toString('utf8'));
  if (!Number.isInteger(offset) || offset < 0)
    throw new AwsError('InvalidToken', `Invalid Token: '${asked.nextToken}'`);
  const end = offset + (asked.maxResults || 100);
  const nextToken = end < items.length ? Buffer.from(String(end)).toString('base64url') : undefined;
  return { items: items.slice(offset, end), nextToken };
}
