import * as z from 'zod';
import { DEFAULT_BUS_ARN } from '../events/put-events.ts';
import type { RuleTarget } from '../events/event-bridge.ts';
import { type EventPattern, patternProblem } from '../events/pattern.ts';
import { retryProperties } from '../events/retry.ts';
import { type TargetInput, isSupportedPath } from '../events/target-input.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import { recurrenceOf, type Recurrence } from '../scheduler/expression.ts';
import type { Loader } from './load-context.ts';
import { policyOf } from './policies.ts';
import { readProperties, cannotLoad } from './properties.ts';
import type { ResolvedResource } from './resolve.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MAX_TARGETS = 5;

const functionArn = z
  .string()
  .regex(
    /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/,
    'only Lambda functions are supported as targets',
  );
const deadLetters = z.strictObject({ Arn: z.string().optional() }).optional();
const jsonPath = z.string().refine(isSupportedPath, 'only names joined by dots are supported: $.detail.name');

const ruleTarget = z.strictObject({
  Id: z.string(),
  Arn: functionArn,
  Input: z.string().optional(),
  InputPath: jsonPath.optional(),
  InputTransformer: z
    .strictObject({ InputPathsMap: z.record(z.string(), jsonPath).default({}), InputTemplate: z.string() })
    .optional(),
  RetryPolicy: retryProperties,
  DeadLetterConfig: deadLetters,
});

const ruleProperties = z.looseObject({
  EventBusName: z
    .enum(['default', DEFAULT_BUS_ARN], 'only the default event bus is supported')
    .default('default'),
  EventPattern: z.unknown(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(ruleTarget).max(MAX_TARGETS).default([]),
});

const deadLetterOf = (config: z.infer<typeof deadLetters>): { readonly deadLetterArn?: string } =>
  config?.Arn === undefined ? {} : { deadLetterArn: config.Arn };

function inputOf(target: z.infer<typeof ruleTarget>, resource: ResolvedResource): TargetInput {
  const { Input, InputPath, InputTransformer } = target;
  if ([Input, InputPath, InputTransformer].filter((one) => one !== undefined).length > 1)
    throw cannotLoad(
      resource,
      `its target ${target.Id} has more than one of Input, InputPath and InputTransformer`,
    );
  return {
    ...omitUndefined({ input: Input, path: InputPath }),
    ...(InputTransformer !== undefined && {
      transformer: { paths: InputTransformer.InputPathsMap, template: InputTransformer.InputTemplate },
    }),
  };
}

const targetOf = (target: z.infer<typeof ruleTarget>, resource: ResolvedResource): RuleTarget => ({
  id: target.Id,
  functionArn: target.Arn,
  input: inputOf(target, resource),
  retry: target.RetryPolicy,
  ...deadLetterOf(target.DeadLetterConfig),
});

export const loadRule: Loader = (resource, { events }) => {
  const { EventPattern, State, Targets } = readProperties(ruleProperties, resource);
  const problem = patternProblem(EventPattern);
  if (problem !== undefined) throw cannotLoad(resource, problem);
  events.putRule({
    name: resource.physicalId,
    arn: resource.arn,
    enabled: State === 'ENABLED',
    pattern: EventPattern as EventPattern,
    targets: Targets.map((target) => targetOf(target, resource)),
  });
};

const scheduleProperties = z.looseObject({
  GroupName: z.string().default('default'),
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  FlexibleTimeWindow: z.strictObject({ Mode: z.literal('OFF', 'only OFF is supported') }),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Target: z.strictObject({
    Arn: functionArn,
    RoleArn: z.string(),
    Input: z.string().optional(),
    RetryPolicy: retryProperties,
    DeadLetterConfig: deadLetters,
  }),
});

function readRecurrence(expression: string, timeZone: string, resource: ResolvedResource): Recurrence {
  try {
    return recurrenceOf(expression, timeZone);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw cannotLoad(resource, `its ScheduleExpression is ${expression}: ${error.message}`);
  }
}

export const loadScheduleGroup: Loader = ({ physicalId }, { schedules }) => schedules.putGroup(physicalId);

export const loadSchedule: Loader = (resource, { schedules, atMs }) => {
  const { GroupName, ScheduleExpression, ScheduleExpressionTimezone, State, Target } = readProperties(
    scheduleProperties,
    resource,
  );
  if (!schedules.hasGroup(GroupName))
    throw cannotLoad(resource, `its group ${GroupName} is neither default nor in the template`);
  schedules.put({
    name: resource.physicalId,
    group: GroupName,
    arn: resource.arn,
    enabled: State === 'ENABLED',
    recurrence: readRecurrence(ScheduleExpression, ScheduleExpressionTimezone, resource),
    functionArn: Target.Arn,
    roleArn: Target.RoleArn,
    retry: Target.RetryPolicy,
    createdMs: atMs,
    ...omitUndefined({ input: Target.Input }),
    ...deadLetterOf(Target.DeadLetterConfig),
  });
};

export const loadQueue: Loader = (resource, { queues }) => {
  const name = resource.attributes['QueueName'] ?? resource.physicalId;
  queues.put({ name, arn: resource.arn, url: resource.physicalId });
};

export const loadQueuePolicy: Loader = (resource, { queues }) => {
  const { PolicyDocument, Queues } = readProperties(
    z.looseObject({ PolicyDocument: z.unknown(), Queues: z.array(z.string()) }),
    resource,
  );
  const policy = policyOf(PolicyDocument, 'resource', resource);
  for (const url of Queues) {
    const queue = queues.get(url);
    if (queue === undefined) throw cannotLoad(resource, `it names the queue ${url}, which does not exist`);
    if (policy !== undefined) queue.policy = policy;
  }
};
