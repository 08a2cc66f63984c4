import { arnOf } from '../../gateway/account-and-region.ts';
import { type Properties, type ResourceType, named, noArn, withArn } from '../identity.ts';

const pathOf = (properties: Properties): string =>
  typeof properties['Path'] === 'string' ? properties['Path'] : '/';

/** Roles and policies. */
export const IAM_RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
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
    // The embedded AWS has no users.
    ignored: ['Groups', 'Users'],
    identify: (properties, naming) => noArn(named(properties, 'PolicyName', naming, 128)),
  },
  'AWS::IAM::ManagedPolicy': {
    used: ['ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles'],
    ignored: ['Description', 'Groups', 'Users'],
    identify: (properties, naming) => {
      const arn = arnOf(
        'iam',
        `policy${pathOf(properties)}${named(properties, 'ManagedPolicyName', naming, 128)}`,
      );
      return { physicalId: arn, arn, attributes: { PolicyArn: arn } };
    },
  },
};
