import * as z from 'zod';
import { AwsError, type Call } from '../gateway/service.ts';
import { arnOf } from '../gateway/account-and-region.ts';
import { type JsonOperation, operation } from '../gateway/wire/json-service.ts';
import type { EmbeddedServices } from '../embedded/services.ts';
import { DEFAULT_BUS_ARN } from '../events/put-events.ts';
import type { Rule, RuleTarget } from '../events/event-bridge.ts';
import { byName, pageOf } from './pages.ts';
import { authorizeRead } from './read-call.ts';
import { type StackResources, tagsOf, textOf } from './stack-resources.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html */
const MAX_ITEMS = 100;
const page = { NextToken: z.string().optional(), Limit: z.int().min(1).max(MAX_ITEMS).default(MAX_ITEMS) };
const bus = { EventBusName: z.string().default('default') };
const RULE = ['AWS::Events::Rule'];

const assertBus = (name: string): void => {
  if (name !== 'default' && name !== DEFAULT_BUS_ARN)
    throw new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
};

/** The calls that describe rules: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html */
export function eventsReads(
  { events }: EmbeddedServices,
  resources: StackResources,
): Readonly<Record<string, JsonOperation>> {
  const found = (name: string, call: Call, action: string): Rule => {
    authorizeRead(call, {
      action: `events:${action}`,
      resource: arnOf('events', `rule/${name}`),
      parameters: { name },
    });
    const rule = events.rules().find((one) => one.name === name);
    if (rule === undefined)
      throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`);
    return rule;
  };
  const describe = ({ name, arn, enabled, pattern }: Rule): object => ({
    Name: name,
    Arn: arn,
    EventPattern: JSON.stringify(pattern),
    State: enabled ? 'ENABLED' : 'DISABLED',
    Description: textOf(resources.properties(RULE, name), 'Description'),
    EventBusName: 'default',
  });
  return {
    ListRules: operation(
      z.strictObject({ NamePrefix: z.string().default(''), ...bus, ...page }),
      ({ NamePrefix, EventBusName, NextToken: token, Limit: size }, call) => {
        authorizeRead(call, { action: 'events:ListRules', resource: '*' });
        assertBus(EventBusName);
        const rules = byName(events.rules()).filter(({ name }) => name.startsWith(NamePrefix));
        const { items, next } = pageOf(rules, { token, size, invalid: 'ValidationException' });
        return { Rules: items.map(describe), NextToken: next };
      },
    ),
    DescribeRule: operation(z.strictObject({ Name: z.string(), ...bus }), ({ Name, EventBusName }, call) => {
      assertBus(EventBusName);
      return { ...describe(found(Name, call, 'DescribeRule')), CreatedBy: call.caller.accountId };
    }),
    ListTargetsByRule: operation(
      z.strictObject({ Rule: z.string(), ...bus, ...page }),
      ({ Rule: name, EventBusName, NextToken: token, Limit: size }, call) => {
        assertBus(EventBusName);
        const { targets } = found(name, call, 'ListTargetsByRule');
        const { items, next } = pageOf(targets, { token, size, invalid: 'ValidationException' });
        return { Targets: items.map(describeTarget), NextToken: next };
      },
    ),
    ListEventBuses: operation(
      z.strictObject({ NamePrefix: z.string().default(''), ...page }),
      ({ NamePrefix }, call) => {
        authorizeRead(call, { action: 'events:ListEventBuses', resource: '*' });
        const buses = [{ Name: 'default', Arn: DEFAULT_BUS_ARN }];
        return { EventBuses: buses.filter(({ Name }) => Name.startsWith(NamePrefix)) };
      },
    ),
    DescribeEventBus: operation(z.strictObject({ Name: z.string().default('default') }), ({ Name }, call) => {
      authorizeRead(call, { action: 'events:DescribeEventBus', resource: DEFAULT_BUS_ARN });
      assertBus(Name);
      return { Name: 'default', Arn: DEFAULT_BUS_ARN };
    }),
    ListTagsForResource: operation(z.strictObject({ ResourceARN: z.string() }), ({ ResourceARN }, call) => {
      authorizeRead(call, { action: 'events:ListTagsForResource', resource: ResourceARN });
      return { Tags: tagsOf(resources.properties(RULE, ResourceARN)) };
    }),
  };
}

function describeTarget({ id, functionArn, input, retry, deadLetterArn }: RuleTarget): object {
  const { transformer } = input;
  return {
    Id: id,
    Arn: functionArn,
    Input: input.input,
    InputPath: input.path,
    InputTransformer: transformer && {
      InputPathsMap: transformer.paths,
      InputTemplate: transformer.template,
    },
    RetryPolicy: { MaximumRetryAttempts: retry.maxAttempts, MaximumEventAgeInSeconds: retry.maxAgeSeconds },
    DeadLetterConfig: deadLetterArn === undefined ? undefined : { Arn: deadLetterArn },
  };
}
