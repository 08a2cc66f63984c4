import { ACCOUNT_ID, REGION, URL_SUFFIX, arnOf } from '../../gateway/account-and-region.ts';
import { type ResourceType, named, noArn, withArn } from '../identity.ts';
import { physicalName, uuidOf } from '../physical-name.ts';

/** Rules, schedules, queues, topics and alarms. */
export const EVENT_RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::Events::Rule': {
    used: ['Name', 'EventBusName', 'EventPattern', 'State', 'Targets'],
    ignored: ['Description', 'Tags'],
    identify: (properties, naming) => {
      const name = named(properties, 'Name', naming, 64);
      return withArn(name, arnOf('events', `rule/${name}`));
    },
  },
  'AWS::Scheduler::Schedule': {
    used: [
      'Name',
      'GroupName',
      'ScheduleExpression',
      'ScheduleExpressionTimezone',
      'FlexibleTimeWindow',
      'State',
      'Target',
    ],
    ignored: ['Description', 'KmsKeyArn'],
    identify: (properties, naming) => {
      const name = named(properties, 'Name', naming, 64);
      const group = typeof properties['GroupName'] === 'string' ? properties['GroupName'] : 'default';
      return withArn(name, arnOf('scheduler', `schedule/${group}/${name}`));
    },
  },
  'AWS::Scheduler::ScheduleGroup': {
    used: ['Name'],
    ignored: ['Tags'],
    identify: (properties, naming) => {
      const name = named(properties, 'Name', naming, 64);
      return withArn(name, arnOf('scheduler', `schedule-group/${name}`));
    },
  },
  'AWS::SQS::Queue': {
    used: ['QueueName'],
    ignored: [
      'DelaySeconds',
      'KmsDataKeyReusePeriodSeconds',
      'KmsMasterKeyId',
      'MaximumMessageSize',
      'MessageRetentionPeriod',
      'ReceiveMessageWaitTimeSeconds',
      'RedriveAllowPolicy',
      'RedrivePolicy',
      'SqsManagedSseEnabled',
      'Tags',
      'VisibilityTimeout',
    ],
    identify: (properties, naming) => {
      const QueueName = named(properties, 'QueueName', naming, 80);
      const url = `https://sqs.${REGION}.${URL_SUFFIX}/${ACCOUNT_ID}/${QueueName}`;
      return withArn(url, arnOf('sqs', QueueName), { QueueName, QueueUrl: url });
    },
  },
  'AWS::SQS::QueuePolicy': {
    used: ['PolicyDocument', 'Queues'],
    ignored: [],
    identify: (_properties, { stackName, logicalId }) => noArn(physicalName(stackName, logicalId, 100)),
  },
  'AWS::SNS::Topic': {
    used: ['TopicName', 'Subscription'],
    ignored: [
      'ArchivePolicy',
      'DataProtectionPolicy',
      'DeliveryStatusLogging',
      'DisplayName',
      'KmsMasterKeyId',
      'MaximumMessageSize',
      'SignatureVersion',
      'Tags',
      'TracingConfig',
    ],
    identify: (properties, naming) => {
      const TopicName = named(properties, 'TopicName', naming, 256);
      const arn = arnOf('sns', TopicName);
      return { physicalId: arn, arn, attributes: { TopicArn: arn, TopicName } };
    },
  },
  'AWS::SNS::TopicPolicy': {
    used: ['PolicyDocument', 'Topics'],
    ignored: [],
    identify: (_properties, { stackName, logicalId }) => noArn(physicalName(stackName, logicalId, 100)),
  },
  'AWS::SNS::Subscription': {
    used: ['TopicArn', 'Protocol', 'Endpoint'],
    ignored: [
      'DeliveryPolicy',
      'FilterPolicy',
      'FilterPolicyScope',
      'RawMessageDelivery',
      'RedrivePolicy',
      'Region',
      'ReplayPolicy',
      'SubscriptionRoleArn',
    ],
    identify: (properties, { stackName, logicalId }) => {
      const arn = `${String(properties['TopicArn'])}:${uuidOf(`${stackName}/${logicalId}`)}`;
      return { physicalId: arn, arn, attributes: { Arn: arn } };
    },
  },
  'AWS::CloudWatch::Alarm': {
    used: [
      'ActionsEnabled',
      'AlarmActions',
      'AlarmDescription',
      'AlarmName',
      'ComparisonOperator',
      'DatapointsToAlarm',
      'Dimensions',
      'EvaluationPeriods',
      'ExtendedStatistic',
      'InsufficientDataActions',
      'MetricName',
      'Metrics',
      'Namespace',
      'OKActions',
      'Period',
      'Statistic',
      'Threshold',
      'TreatMissingData',
      'Unit',
    ],
    ignored: ['EvaluateLowSampleCountPercentile', 'Tags', 'ThresholdMetricId'],
    identify: (properties, naming) => {
      const name = named(properties, 'AlarmName', naming, 255);
      return withArn(name, arnOf('cloudwatch', `alarm:${name}`));
    },
  },
};
