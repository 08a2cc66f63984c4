import * as z from 'zod';
import { AwsError, type Call } from '../gateway/service.ts';
import { arnOf } from '../gateway/account-and-region.ts';
import { JsonService, operation } from '../gateway/wire/json-service.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { Queue, Queues } from '../events/queues.ts';
import { byName, pageOf } from './pages.ts';
import { authorizeRead } from './read-call.ts';
import { type StackResources, tagMap } from './stack-resources.ts';

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListQueues.html */
const MAX_QUEUES = 1000;
const QUEUE = ['AWS::SQS::Queue'];
const QueueUrl = z.string();

/** Attributes with their defaults, by the template's property: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html */
const SETTINGS: readonly (readonly [attribute: string, property: string, standard: string])[] = [
  ['VisibilityTimeout', 'VisibilityTimeout', '30'],
  ['MaximumMessageSize', 'MaximumMessageSize', '262144'],
  ['MessageRetentionPeriod', 'MessageRetentionPeriod', '345600'],
  ['DelaySeconds', 'DelaySeconds', '0'],
  ['ReceiveMessageWaitTimeSeconds', 'ReceiveMessageWaitTimeSeconds', '0'],
];

/** The calls that describe queues: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html. No messages are sent or received. */
export class QueuesService extends JsonService {
  constructor(queues: Queues, resources: StackResources) {
    const found = (url: string, call: Call, action: string): Queue => {
      const queue = queues.get(url);
      authorizeRead(call, {
        action: `sqs:${action}`,
        resource: queue?.arn ?? arnOf('sqs', url.split('/').at(-1) ?? url),
        parameters: { queueUrl: url },
        ...omitUndefined({ resourcePolicy: queue?.policy }),
      });
      if (queue === undefined) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
      return queue;
    };
    super('sqs', '1.0', {
      ListQueues: operation(
        z.strictObject({
          QueueNamePrefix: z.string().default(''),
          MaxResults: z.int().min(1).max(MAX_QUEUES).default(MAX_QUEUES),
          NextToken: z.string().optional(),
        }),
        ({ QueueNamePrefix, MaxResults: size, NextToken: token }, call) => {
          authorizeRead(call, { action: 'sqs:ListQueues', resource: '*' });
          const all = byName(queues.all()).filter(({ name }) => name.startsWith(QueueNamePrefix));
          const { items, next } = pageOf(all, { token, size, invalid: 'InvalidAddress' });
          return { QueueUrls: items.map(({ url }) => url), NextToken: next };
        },
      ),
      GetQueueUrl: operation(z.strictObject({ QueueName: z.string() }), ({ QueueName }, call) => ({
        QueueUrl: found(QueueName, call, 'GetQueueUrl').url,
      })),
      GetQueueAttributes: operation(
        z.strictObject({ QueueUrl, AttributeNames: z.array(z.string()).default([]) }),
        (input, call) => {
          const queue = found(input.QueueUrl, call, 'GetQueueAttributes');
          const all = attributesOf(queue, resources);
          const isAll = input.AttributeNames.includes('All');
          const wanted = Object.entries(all).filter(([name]) => isAll || input.AttributeNames.includes(name));
          return { Attributes: Object.fromEntries(wanted) };
        },
      ),
      ListQueueTags: operation(z.strictObject({ QueueUrl }), (input, call) => {
        const { url } = found(input.QueueUrl, call, 'ListQueueTags');
        return { Tags: tagMap(resources.properties(QUEUE, url)) };
      }),
    });
  }
}

function attributesOf(
  { arn, url, messages, policy }: Queue,
  resources: StackResources,
): Record<string, string> {
  const properties = resources.properties(QUEUE, url);
  const created = String(Math.floor(resources.createdMs(url) / 1000));
  const settings = SETTINGS.map(([attribute, property, standard]) => [
    attribute,
    String(properties[property] ?? standard),
  ]);
  const key = properties['KmsMasterKeyId'];
  return {
    QueueArn: arn,
    ApproximateNumberOfMessages: String(messages.length),
    ApproximateNumberOfMessagesNotVisible: '0',
    ApproximateNumberOfMessagesDelayed: '0',
    ...{ CreatedTimestamp: created, LastModifiedTimestamp: created },
    ...Object.fromEntries(settings),
    ...(policy !== undefined && { Policy: JSON.stringify(policy) }),
    ...(typeof key === 'string' && { KmsMasterKeyId: key }),
  };
}
