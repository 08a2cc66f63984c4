import { loadAlias, loadBucket, loadBucketPolicy, loadKey, loadParameter, loadTable } from './load-data.ts';
import type { LoadContext, Loader } from './load-context.ts';
import { loadAlarm, loadSubscription, loadTopic, loadTopicPolicy } from './load-alarms.ts';
import { loadQueue, loadQueuePolicy, loadRule, loadSchedule, loadScheduleGroup } from './load-events.ts';
import { loadManagedPolicy, loadPolicy, loadRole } from './load-iam.ts';
import { loadAsyncConfig, loadFunction, loadPermission, loadUrl, loadVersion } from './load-lambda.ts';
import { loadLogGroup } from './load-logs.ts';
import { loadSecret, loadSecretPolicy } from './load-secrets.ts';
import { loadStateMachine } from './load-state-machine.ts';
import { cannotLoad } from './properties.ts';
import { removeStale } from './remove-stale.ts';
import type { ResolvedStack } from './resolve.ts';

const LOADERS: Readonly<Record<string, Loader>> = {
  'AWS::IAM::Role': loadRole,
  'AWS::IAM::Policy': loadPolicy,
  'AWS::IAM::ManagedPolicy': loadManagedPolicy,
  'AWS::DynamoDB::Table': loadTable,
  'AWS::DynamoDB::GlobalTable': loadTable,
  'AWS::Lambda::Function': loadFunction,
  'AWS::Lambda::Version': loadVersion,
  'AWS::Lambda::Permission': loadPermission,
  'AWS::Lambda::EventInvokeConfig': loadAsyncConfig,
  'AWS::Lambda::Url': loadUrl,
  'AWS::StepFunctions::StateMachine': loadStateMachine,
  'AWS::Logs::LogGroup': loadLogGroup,
  'AWS::S3::Bucket': loadBucket,
  'AWS::S3::BucketPolicy': loadBucketPolicy,
  'AWS::SSM::Parameter': loadParameter,
  'AWS::SecretsManager::Secret': loadSecret,
  'AWS::SecretsManager::ResourcePolicy': loadSecretPolicy,
  'AWS::KMS::Key': loadKey,
  'AWS::KMS::Alias': loadAlias,
  'AWS::Events::Rule': loadRule,
  'AWS::Scheduler::Schedule': loadSchedule,
  'AWS::Scheduler::ScheduleGroup': loadScheduleGroup,
  'AWS::SQS::Queue': loadQueue,
  'AWS::SQS::QueuePolicy': loadQueuePolicy,
  'AWS::SNS::Topic': loadTopic,
  'AWS::SNS::TopicPolicy': loadTopicPolicy,
  'AWS::SNS::Subscription': loadSubscription,
  'AWS::CloudWatch::Alarm': loadAlarm,
};

/**
 * Loads a resolved stack into the services, in order of dependencies, and removes resources it no longer has.
 * Throws `TemplateRefused`.
 */
export async function loadStack(stack: ResolvedStack, context: LoadContext): Promise<void> {
  for (const resource of stack.resources) {
    const load = LOADERS[resource.type];
    if (load === undefined) throw cannotLoad(resource, 'its type has no loader');
    await load(resource, context);
  }
  removeStale(stack, context);
}
