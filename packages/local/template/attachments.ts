import type { TemplateResource } from './template.ts';

type Targets = (properties: TemplateResource['Properties']) => unknown;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/**
 * Types that change another resource without being referred to by it: who may use it, or what calls it. The types that the embedded AWS
 * does not support are here so that they are refused, and not skipped, if they change a resource that is needed.
 */
const TARGETS: Readonly<Record<string, Targets>> = {
  'AWS::IAM::Policy': ({ Roles }) => Roles,
  'AWS::IAM::ManagedPolicy': ({ Roles }) => Roles,
  'AWS::IAM::RolePolicy': ({ RoleName }) => RoleName,
  'AWS::S3::BucketPolicy': ({ Bucket }) => Bucket,
  'AWS::S3::AccessPoint': ({ Bucket }) => Bucket,
  'AWS::SecretsManager::ResourcePolicy': ({ SecretId }) => SecretId,
  'AWS::Lambda::Permission': ({ FunctionName }) => FunctionName,
  'AWS::Lambda::Url': ({ TargetFunctionArn }) => TargetFunctionArn,
  'AWS::Lambda::EventInvokeConfig': ({ FunctionName }) => FunctionName,
  'AWS::Lambda::EventSourceMapping': ({ FunctionName }) => FunctionName,
  'AWS::SQS::QueuePolicy': ({ Queues }) => Queues,
  'AWS::SQS::QueueInlinePolicy': ({ Queue }) => Queue,
  'AWS::SNS::TopicPolicy': ({ Topics }) => Topics,
  'AWS::SNS::TopicInlinePolicy': ({ TopicArn }) => TopicArn,
  'AWS::Events::Rule': ({ Targets }) => listOf(Targets).map((target) => field(target, 'Arn')),
  'AWS::Scheduler::Schedule': ({ Target }) => field(Target, 'Arn'),
};

/** The unresolved names and ARNs of what a resource changes; empty for a type that changes nothing else. */
export function targetsOf({ Type, Properties }: TemplateResource): readonly unknown[] {
  const targets = Object.hasOwn(TARGETS, Type) ? TARGETS[Type] : undefined;
  return targets === undefined ? [] : listOf(targets(Properties)).filter((target) => target !== undefined);
}
