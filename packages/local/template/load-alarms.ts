import * as z from 'zod';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { Loader } from './load-context.ts';
import { policyOf } from './policies.ts';
import { readProperties, cannotLoad } from './properties.ts';

const subscription = z.looseObject({ Protocol: z.string(), Endpoint: z.string() });

export const loadTopic: Loader = (resource, { topics }) => {
  const { Subscription } = readProperties(
    z.looseObject({ Subscription: z.array(subscription).default([]) }),
    resource,
  );
  topics.put(resource.attributes['TopicName'] ?? '', resource.arn);
  for (const { Protocol, Endpoint } of Subscription)
    topics.subscribe(resource.arn, { protocol: Protocol, endpoint: Endpoint });
};

export const loadTopicPolicy: Loader = (resource, { topics }) => {
  const { PolicyDocument, Topics } = readProperties(
    z.looseObject({ PolicyDocument: z.unknown(), Topics: z.array(z.string()) }),
    resource,
  );
  const policy = policyOf(PolicyDocument, 'resource', resource);
  for (const arn of Topics) {
    const topic = topics.get(arn);
    if (topic === undefined) throw cannotLoad(resource, `it names the topic ${arn}, which does not exist`);
    if (policy !== undefined) topic.policy = policy;
  }
};

export const loadSubscription: Loader = (resource, { topics }) => {
  const { TopicArn, Protocol, Endpoint } = readProperties(
    subscription.extend({ TopicArn: z.string() }),
    resource,
  );
  if (topics.get(TopicArn) === undefined)
    throw cannotLoad(resource, `it names the topic ${TopicArn}, which does not exist`);
  topics.subscribe(TopicArn, { protocol: Protocol, endpoint: Endpoint });
};

const alarmProperties = z.looseObject({
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  AlarmActions: z.array(z.string()).default([]),
});

export const loadAlarm: Loader = (resource, { alarms }) => {
  const { Namespace, MetricName, AlarmActions } = readProperties(alarmProperties, resource);
  alarms.put({
    name: resource.physicalId,
    arn: resource.arn,
    alarmActions: AlarmActions,
    properties: resource.properties,
    ...omitUndefined({ namespace: Namespace, metricName: MetricName }),
  });
};
