import { arnOf } from '../../gateway/account-and-region.ts';
import { type ResourceType, named, noArn, withArn } from '../identity.ts';
import { functionUrl, physicalName } from '../physical-name.ts';

/** `arn:…:function:name[:qualifier]` or a plain name. */
const functionNameOf = (reference: string): string =>
  reference.startsWith('arn:')
    ? (reference.split(':')[6] ?? reference)
    : (reference.split(':')[0] ?? reference);

const functionArn = (reference: unknown): string =>
  arnOf('lambda', `function:${functionNameOf(String(reference))}`);

/** Functions and what belongs to them. */
export const LAMBDA_RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
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
      'TenancyConfig',
      'EphemeralStorage',
    ],
    ignored: [
      'Architectures',
      'CodeSigningConfigArn',
      'DeadLetterConfig',
      'Description',
      'TracingConfig',
      'Tags',
      'KmsKeyArn',
      'VpcConfig',
      'RuntimeManagementConfig',
      'RecursiveLoop',
      'SnapStart',
    ],
    identify: (properties, naming) => {
      const name = named(properties, 'FunctionName', naming, 64);
      return withArn(name, arnOf('lambda', `function:${name}`));
    },
  },
  'AWS::Lambda::Version': {
    used: ['FunctionName'],
    ignored: ['Description', 'CodeSha256', 'ProvisionedConcurrencyConfig', 'RuntimePolicy'],
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
};
