import { ACCOUNT_ID, REGION, URL_SUFFIX, arnOf } from '../../gateway/account-and-region.ts';
import { RANDOM_CHARACTERS, secretArn } from '../../secrets/secret-arn.ts';
import { type ResourceType, named, noArn, withArn } from '../identity.ts';
import { uuidOf } from '../physical-name.ts';

const TABLE: ResourceType = {
  used: [
    'TableName',
    'KeySchema',
    'AttributeDefinitions',
    'GlobalSecondaryIndexes',
    'LocalSecondaryIndexes',
    // For their resource policies.
    'Replicas',
  ],
  ignored: [
    'BillingMode',
    'ProvisionedThroughput',
    'PointInTimeRecoverySpecification',
    'SSESpecification',
    'DeletionProtectionEnabled',
    'Tags',
    'TableClass',
    'TimeToLiveSpecification',
    'ContributorInsightsSpecification',
    'GlobalTableWitnesses',
    'KinesisStreamSpecification',
    'MultiRegionConsistency',
    'OnDemandThroughput',
    'ReadOnDemandThroughputSettings',
    'ReadProvisionedThroughputSettings',
    'StreamSpecification',
    'WarmThroughput',
    'WriteOnDemandThroughputSettings',
    'WriteProvisionedThroughputSettings',
  ],
  identify: (properties, naming) => {
    const name = named(properties, 'TableName', naming, 255);
    return withArn(name, arnOf('dynamodb', `table/${name}`));
  },
};

/** Tables, buckets, parameters, secrets and keys. */
export const DATA_RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::DynamoDB::Table': TABLE,
  'AWS::DynamoDB::GlobalTable': TABLE,
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
      'AccelerateConfiguration',
      'AnalyticsConfigurations',
      'CorsConfiguration',
      'IntelligentTieringConfigurations',
      'InventoryConfigurations',
      'MetadataConfiguration',
      'MetadataTableConfiguration',
      'MetricsConfigurations',
      'NotificationConfiguration',
      'ReplicationConfiguration',
      'WebsiteConfiguration',
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
        attributes: { Arn: arn, Type: String(properties['Type']), Value: String(properties['Value']) },
      };
    },
  },
  'AWS::SecretsManager::Secret': {
    used: ['Name', 'Description', 'KmsKeyId', 'SecretString', 'GenerateSecretString', 'Tags'],
    ignored: ['ReplicaRegions'],
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
  'AWS::SecretsManager::SecretTargetAttachment': {
    used: ['SecretId'],
    // The database, whose host and port it adds to the secret.
    ignored: ['TargetId', 'TargetType'],
    identify: (properties) => {
      const arn = String(properties['SecretId']);
      return { physicalId: arn, arn, attributes: { Id: arn } };
    },
  },
  'AWS::KMS::Key': {
    used: ['KeyPolicy', 'KeySpec', 'KeyUsage'],
    ignored: [
      'BypassPolicyLockoutSafetyCheck',
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
  'AWS::KMS::Alias': {
    used: ['AliasName', 'TargetKeyId'],
    ignored: [],
    identify: (properties) => noArn(String(properties['AliasName'])),
  },
};
