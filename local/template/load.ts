import { loadAlias, loadBucket, loadBucketPolicy, loadKey, loadParameter, loadTable } from './load-data.ts';
import type { LoadContext, Loader } from './load-context.ts';
import { loadManagedPolicy, loadPolicy, loadRole } from './load-iam.ts';
import { loadFunction, loadPermission, loadUrl, loadVersion } from './load-lambda.ts';
import { loadStateMachine } from './load-state-machine.ts';
import { refuse } from './properties.ts';
import type { ResolvedStack } from './resolve.ts';

/** Function logs are kept by the functions' host; a log group needs nothing made. */
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
  'AWS::Lambda::Url': loadUrl,
  'AWS::StepFunctions::StateMachine': loadStateMachine,
  'AWS::Logs::LogGroup': nothingToMake,
  'AWS::S3::Bucket': loadBucket,
  'AWS::S3::BucketPolicy': loadBucketPolicy,
  'AWS::SSM::Parameter': loadParameter,
  'AWS::KMS::Key': loadKey,
  'AWS::KMS::Alias': loadAlias,
};

/** Puts a resolved stack into the services, each resource after what it needs. Throws `TemplateRefused`. */
export async function loadStack(stack: ResolvedStack, context: LoadContext): Promise<void> {
  for (const resource of stack.resources) {
    const load = LOADERS[resource.type];
    if (load === undefined) throw refuse(resource, 'nothing loads its type');
    await load(resource, context);
  }
}
