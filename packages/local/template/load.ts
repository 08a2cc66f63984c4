import { AwsError } from '../gateway/service.ts';
import { UnreadableBundle } from '../lambda/bundle.ts';
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
import { TemplateRefused } from './refusal.ts';
import type { ResolvedResource, ResolvedStack, SkippedResource } from './resolve.ts';

/** An attachment only names its secret. */
const nothingToMake: Loader = () => undefined;

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
  'AWS::SecretsManager::SecretTargetAttachment': nothingToMake,
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
 * Loads a resolved stack into the services, in order of dependencies, and removes resources it no longer has. A resource that is not needed and
 * cannot be loaded is added to `skipped`, with those that refer to it. Returns what was loaded. Throws `TemplateRefused`.
 */
export async function loadStack(
  stack: ResolvedStack,
  context: LoadContext,
  skipped: SkippedResource[],
): Promise<readonly ResolvedResource[]> {
  const { stackName } = stack;
  const loaded = new Map<string, ResolvedResource>();
  for (const resource of stack.resources) {
    const { logicalId, type } = resource;
    try {
      await loadResource(resource, loaded, context);
      loaded.set(logicalId, resource);
    } catch (error) {
      if (!(error instanceof TemplateRefused)) throw error;
      if (resource.needed) throw new TemplateRefused(`${error.message}${resource.neededBecause}`);
      skipped.push({ stackName, logicalId, type, because: error.message });
    }
  }
  removeStale({ ...stack, resources: [...loaded.values()] }, context);
  return [...loaded.values()];
}

async function loadResource(
  resource: ResolvedResource,
  loaded: ReadonlyMap<string, ResolvedResource>,
  context: LoadContext,
): Promise<void> {
  const load = LOADERS[resource.type];
  if (load === undefined) throw cannotLoad(resource, 'its type has no loader');
  const missing = [...resource.refersTo].find((logicalId) => !loaded.has(logicalId));
  if (missing !== undefined) throw cannotLoad(resource, `it refers to ${missing}, which is not loaded`);
  try {
    await load(resource, context);
  } catch (error) {
    const isOfService = error instanceof AwsError || error instanceof UnreadableBundle;
    throw isOfService ? cannotLoad(resource, error.message.replace(/\.$/, '')) : error;
  }
}
