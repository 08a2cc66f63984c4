import { arnOf, ACCOUNT_ID, REGION, URL_SUFFIX } from '../gateway/place.ts';
import { RANDOM_CHARACTERS, secretArn } from '../secrets/secret-arn.ts';
import { EVENT_RESOURCE_TYPES } from './event-resource-types.ts';
import { type Properties, type ResourceType, named, noArn, withArn } from './identity.ts';
import { functionUrl, physicalName, uuidOf } from './physical-name.ts';

const pathOf = (properties: Properties): string =>
  typeof properties['Path'] === 'string' ? properties['Path'] : '/';

/** `arn:…:function:name[:qualifier]` or a plain name. */
const functionNameOf = (reference: string): string =>
  reference.startsWith('arn:')
    ? (reference.split(':')[6] ?? reference)
    : (reference.split(':')[0] ?? reference);

const functionArn = (reference: unknown): string =>
  arnOf('lambda', `function:${functionNameOf(String(reference))}`);

const TABLE: ResourceType = {
  used: ['TableName', 'KeySchema', 'AttributeDefinitions', 'GlobalSecondaryIndexes', 'LocalSecondaryIndexes'],
  ignored: [
    'BillingMode',
    'ProvisionedThroughput',
    'PointInTimeRecoverySpecification',
    'SSESpecification',
    'DeletionProtectionEnabled',
    'Tags',
    'TableClass',
    'TimeToLiveSpecification',
    'Replicas',
    'ContributorInsightsSpecification',
    'OnDemandThroughput',
  ],
  identify: (properties, naming) => {
    const name = named(properties, 'TableName', naming, 255);
    return withArn(name, arnOf('dynamodb', `table/${name}`));
  },
};

/**
 * Every supported resource type:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
export const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::IAM::Role': {
    used: [
      'RoleName',
      'Path',
      'AssumeRolePolicyDocument',
      'Policies',
      'ManagedPolicyArns',
      'PermissionsBoundary',
      'MaxSessionDuration',
      'Tags',
      'Description',
    ],
    ignored: [],
    identify: (properties, naming) => {
      const name = named(properties, 'RoleName', naming, 64);
      return withArn(name, arnOf('iam', `role${pathOf(properties)}${name}`));
    },
  },
  'AWS::IAM::Policy': {
    used: ['PolicyName', 'PolicyDocument', 'Roles'],
    ignored: [],
    identify: (properties, naming) => noArn(named(properties, 'PolicyName', naming, 128)),
  },
  'AWS::IAM::ManagedPolicy': {
    used: ['ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles'],
    ignored: ['Description'],
    identify: (properties, naming) => {
      const arn = arnOf(
        'iam',
        `policy${pathOf(properties)}${named(properties, 'ManagedPolicyName', naming, 128)}`,
      );
      return { physicalId: arn, arn, attributes: { PolicyArn: arn } };
    },
  },
  'AWS::DynamoDB::Table': TABLE,
  'AWS::DynamoDB::GlobalTable': TABLE,
  'AWS::Lambda::Function': {
    used: [
      'FunctionName',
      'Code',
      'Handler',
      'Role',
      'Runtime',
      'Environment',
      'Timeout',
      'MemorySize',
      'ReservedConcurrentExecutions',
      'LoggingConfig',
    ],
    ignored: [
      'Architectures',
      'Description',
      'TracingConfig',
      'Tags',
      'KmsKeyArn',
      'VpcConfig',
      'EphemeralStorage',
      'RuntimeManagementConfig',
      'RecursiveLoop',
    ],
    identify: (properties, naming) => {
      const name = named(properties, 'FunctionName', naming, 64);
      return withArn(name, arnOf('lambda', `function:${name}`));
    },
  },
  'AWS::Lambda::Version': {
    used: ['FunctionName'],
    ignored: ['Description', 'CodeSha256'],
    identify: (properties, naming) => {
      const reference = String(properties['FunctionName']);
      const Version = String(naming.versionOf(functionNameOf(reference)));
      const arn = `${functionArn(reference)}:${Version}`;
      return { physicalId: arn, arn, attributes: { FunctionArn: arn, Version } };
    },
  },
  'AWS::Lambda::Permission': {
    used: [
      'FunctionName',
      'Action',
      'Principal',
      'SourceArn',
      'SourceAccount',
      'FunctionUrlAuthType',
      'InvokedViaFunctionUrl',
    ],
    ignored: [],
    identify: (_properties, { stackName, logicalId }) => noArn(physicalName(stackName, logicalId, 100)),
  },
  'AWS::Lambda::EventInvokeConfig': {
    used: [
      'FunctionName',
      'Qualifier',
      'MaximumRetryAttempts',
      'MaximumEventAgeInSeconds',
      'DestinationConfig',
    ],
    ignored: [],
    identify: (_properties, { stackName, logicalId }) => noArn(physicalName(stackName, logicalId, 100)),
  },
  'AWS::Lambda::Url': {
    used: ['TargetFunctionArn', 'AuthType'],
    ignored: ['InvokeMode', 'Cors'],
    identify: (properties, { origin }) => {
      const FunctionArn = functionArn(properties['TargetFunctionArn']);
      return {
        physicalId: FunctionArn,
        arn: FunctionArn,
        attributes: { FunctionArn, FunctionUrl: functionUrl(origin, FunctionArn) },
      };
    },
  },
  'AWS::StepFunctions::StateMachine': {
    used: [
      'StateMachineName',
      'StateMachineType',
      'DefinitionString',
      'DefinitionSubstitutions',
      'Definition',
      'RoleArn',
      'LoggingConfiguration',
      'TracingConfiguration',
    ],
    ignored: ['Tags', 'EncryptionConfiguration'],
    identify: (properties, naming) => {
      const Name = named(properties, 'StateMachineName', naming, 80);
      const arn = arnOf('states', `stateMachine:${Name}`);
      return withArn(arn, arn, { Name });
    },
  },
  'AWS::Logs::LogGroup': {
    used: ['LogGroupName'],
    ignored: [
      'RetentionInDays',
      'KmsKeyId',
      'LogGroupClass',
      'Tags',
      'DataProtectionPolicy',
      'DeletionProtectionEnabled',
    ],
    identify: (properties, naming) => {
      const name = named(properties, 'LogGroupName', naming, 512);
      return withArn(name, arnOf('logs', `log-group:${name}:*`));
    },
  },
  'AWS::S3::Bucket': {
    used: ['BucketName', 'ObjectLockEnabled', 'ObjectLockConfiguration', 'VersioningConfiguration'],
    ignored: [
      'BucketEncryption',
      'PublicAccessBlockConfiguration',
      'OwnershipControls',
      'LifecycleConfiguration',
      'Tags',
      'LoggingConfiguration',
      'AccessControl',
    ],
    identify: (properties, naming) => {
      const name = named(properties, 'BucketName', naming, 63).toLowerCase();
      const arn = `arn:aws:s3:::${name}`;
      const domain = `${name}.s3.${REGION}.${URL_SUFFIX}`;
      return withArn(name, arn, { DomainName: `${name}.s3.${URL_SUFFIX}`, RegionalDomainName: domain });
    },
  },
  'AWS::S3::BucketPolicy': {
    used: ['Bucket', 'PolicyDocument'],
    ignored: [],
    identify: (properties) => noArn(String(properties['Bucket'])),
  },
  'AWS::SSM::Parameter': {
    used: ['Name', 'Type', 'Value'],
    ignored: ['Description', 'Tags', 'Tier', 'AllowedPattern', 'DataType'],
    identify: (properties, naming) => {
      const name = named(properties, 'Name', naming, 1011);
      const arn = arnOf('ssm', `parameter${name.startsWith('/') ? '' : '/'}${name}`);
      return {
        physicalId: name,
        arn,
        attributes: { Type: String(properties['Type']), Value: String(properties['Value']) },
      };
    },
  },
  'AWS::SecretsManager::Secret': {
    used: ['Name', 'Description', 'KmsKeyId', 'SecretString', 'GenerateSecretString', 'Tags'],
    ignored: [],
    identify: (properties, naming) => {
      const name = named(properties, 'Name', naming, 512);
      const arn = secretArn(name, uuidOf(`${ACCOUNT_ID}/secret/${name}`).slice(0, RANDOM_CHARACTERS));
      return { physicalId: arn, arn, attributes: { Id: arn } };
    },
  },
  'AWS::SecretsManager::ResourcePolicy': {
    used: ['SecretId', 'ResourcePolicy'],
    ignored: ['BlockPublicPolicy'],
    identify: (properties) => noArn(String(properties['SecretId'])),
  },
  'AWS::KMS::Key': {
    used: ['KeyPolicy', 'KeySpec', 'KeyUsage'],
    ignored: [
      'Description',
      'EnableKeyRotation',
      'Enabled',
      'MultiRegion',
      'Origin',
      'PendingWindowInDays',
      'RotationPeriodInDays',
      'Tags',
    ],
    identify: (_properties, { stackName, logicalId }) => {
      const KeyId = uuidOf(`${ACCOUNT_ID}/${stackName}/${logicalId}`);
      return withArn(KeyId, arnOf('kms', `key/${KeyId}`), { KeyId });
    },
  },
  ...EVENT_RESOURCE_TYPES,
  'AWS::KMS::Alias': {
    used: ['AliasName', 'TargetKeyId'],
    ignored: [],
    identify: (properties) => noArn(String(properties['AliasName'])),
  },
};

/** Types that only the CDK uses. */
export const IGNORED_TYPES = new Set(['AWS::CDK::Metadata']);
