import { ACCOUNT_ID } from '../gateway/account-and-region.ts';
import { AwsError, type Call } from '../gateway/service.ts';
import { type QueryInput, QueryService, required } from '../gateway/wire/query-service.ts';
import { XmlEntries, type XmlFields } from '../gateway/wire/xml.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { Topic, Topics } from '../events/topics.ts';
import { assertKnown } from './known-parameters.ts';
import { byName, pageOf } from './pages.ts';
import { authorizeRead } from './read-call.ts';
import { type StackResources, tagsOf, textOf } from './stack-resources.ts';

const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';
/** https://docs.aws.amazon.com/sns/latest/api/API_ListTopics.html */
const PAGE = 100;
const TOPIC = ['AWS::SNS::Topic'];

const listed = <T>(all: readonly T[], input: QueryInput) =>
  pageOf(all, { token: input.get('NextToken'), size: PAGE, invalid: 'InvalidParameter' });

/** Subscriptions by e-mail wait for a confirmation, which nobody here can give. */
const subscriptionsOf = ({ arn, subscriptions }: Topic): XmlFields[] =>
  subscriptions.map(({ protocol, endpoint }) => ({
    SubscriptionArn: 'PendingConfirmation',
    Owner: ACCOUNT_ID,
    Protocol: protocol,
    Endpoint: endpoint,
    TopicArn: arn,
  }));

/** The calls that describe topics: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html. Nothing is published. */
export class TopicsService extends QueryService {
  constructor(topics: Topics, resources: StackResources) {
    const found = (arn: string, call: Call, action: string): Topic => {
      const topic = topics.get(arn);
      const parameters = { topicArn: arn };
      authorizeRead(call, {
        ...{ action: `sns:${action}`, resource: arn, parameters },
        ...omitUndefined({ resourcePolicy: topic?.policy }),
      });
      if (topic === undefined) throw new AwsError('NotFound', 'Topic does not exist', 404);
      return topic;
    };
    super('sns', NAMESPACE, {
      ListTopics: (input, call) => {
        assertKnown(input, ['NextToken']);
        authorizeRead(call, { action: 'sns:ListTopics', resource: '*' });
        const { items, next } = listed(byName(topics.all()), input);
        return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), NextToken: next };
      },
      GetTopicAttributes: (input, call) => {
        assertKnown(input, ['TopicArn']);
        const topic = found(required(input, 'TopicArn'), call, 'GetTopicAttributes');
        return { Attributes: new XmlEntries(attributesOf(topic, resources)) };
      },
      ListSubscriptions: (input, call) => {
        assertKnown(input, ['NextToken']);
        authorizeRead(call, { action: 'sns:ListSubscriptions', resource: '*' });
        const { items, next } = listed(byName(topics.all()).flatMap(subscriptionsOf), input);
        return { Subscriptions: items, NextToken: next };
      },
      ListSubscriptionsByTopic: (input, call) => {
        assertKnown(input, ['TopicArn', 'NextToken']);
        const topic = found(required(input, 'TopicArn'), call, 'ListSubscriptionsByTopic');
        const { items, next } = listed(subscriptionsOf(topic), input);
        return { Subscriptions: items, NextToken: next };
      },
      ListTagsForResource: (input, call) => {
        assertKnown(input, ['ResourceArn']);
        const { arn } = found(required(input, 'ResourceArn'), call, 'ListTagsForResource');
        return { Tags: tagsOf(resources.properties(TOPIC, arn)).map((tag) => ({ ...tag })) };
      },
    });
  }
}

function attributesOf(
  { arn, policy, subscriptions }: Topic,
  resources: StackResources,
): Record<string, string> {
  const properties = resources.properties(TOPIC, arn);
  return {
    TopicArn: arn,
    Owner: ACCOUNT_ID,
    DisplayName: textOf(properties, 'DisplayName') ?? '',
    SubscriptionsConfirmed: '0',
    SubscriptionsPending: String(subscriptions.length),
    SubscriptionsDeleted: '0',
    ...(policy !== undefined && { Policy: JSON.stringify(policy) }),
    ...omitUndefined({ KmsMasterKeyId: textOf(properties, 'KmsMasterKeyId') }),
  };
}
