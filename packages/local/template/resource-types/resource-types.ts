import { arnOf } from '../../gateway/account-and-region.ts';
import { type ResourceType, named, withArn } from '../identity.ts';
import { DATA_RESOURCE_TYPES } from './data-types.ts';
import { EVENT_RESOURCE_TYPES } from './event-types.ts';
import { IAM_RESOURCE_TYPES } from './iam-types.ts';
import { LAMBDA_RESOURCE_TYPES } from './lambda-types.ts';

/** State machines and their logs. */
const WORKFLOW_RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
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
      'BearerTokenAuthenticationEnabled',
      'FieldIndexPolicies',
      'ResourcePolicyDocument',
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
};

/**
 * Every supported resource type:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
export const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  ...IAM_RESOURCE_TYPES,
  ...DATA_RESOURCE_TYPES,
  ...LAMBDA_RESOURCE_TYPES,
  ...WORKFLOW_RESOURCE_TYPES,
  ...EVENT_RESOURCE_TYPES,
};

/** Types that only the CDK uses. */
export const IGNORED_TYPES = new Set(['AWS::CDK::Metadata']);
