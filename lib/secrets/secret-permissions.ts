import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { secretPrefix, SESSION_SECRET } from 'taskbound-evidence/names/ids';
import { SECRET_ARN_TAIL } from 'taskbound-evidence/names/secret-id';
import type { SecretSpec } from '../../core/task-types/task-type.ts';
import type { Permission } from '../functions/permission.ts';

/** The ARN of a stack's secret, by its name below the stack's own prefix. */
export function secretArn(scope: Construct, path: string): string {
  const stack = Stack.of(scope);
  return stack.formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName: `${secretPrefix(stack.stackName)}${path}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

/** The secrets that hold the sessions of a type's tasks. The `*` is the boundary, which is not known at deployment. */
export const sessionSecretsOf = (scope: Construct, type: string): string =>
  secretArn(scope, `${type}/*/${SESSION_SECRET}${SECRET_ARN_TAIL}`);

/** AWS checks the name of a secret that does not exist without the random suffix of its ARN. */
const sessionSecrets = (scope: Construct) => ({
  resources: [
    // The `*` is the type and the boundary: boundaries are not known at deployment.
    secretArn(scope, `*/${SESSION_SECRET}`),
    secretArn(scope, `*/${SESSION_SECRET}${SECRET_ARN_TAIL}`),
  ],
  openBecause: SESSION_SECRETS_OPEN,
});
export const SESSION_SECRETS_OPEN =
  'Session secrets are named after tasks, which are not known at deployment; only those named `session` match.';

const allSecrets = (scope: Construct) => ({
  resources: [secretArn(scope, '*')], // every secret under the prefix of the stack
  openBecause:
    'Secrets are named after tasks, which are not known at deployment; only those of the stack match.',
});

const CREATE = [
  'secretsmanager:CreateSecret',
  'secretsmanager:PutResourcePolicy',
  'secretsmanager:PutSecretValue',
];
const DELETE = ['secretsmanager:DeleteSecret'];

export const createSecrets = (scope: Construct): Permission => ({
  sid: 'MakeSecrets',
  // A secret that is created too late is deleted by the function that created it.
  actions: [...CREATE, ...DELETE],
  ...allSecrets(scope),
});

export const createSessionSecrets = (scope: Construct): Permission => ({
  sid: 'MakeSessionSecrets',
  actions: CREATE,
  ...sessionSecrets(scope),
});

export const deleteSecrets = (scope: Construct): Permission => ({
  sid: 'DestroySecrets',
  actions: DELETE,
  ...allSecrets(scope),
});

export const deleteSessionSecrets = (scope: Construct): Permission => ({
  sid: 'DestroySessionSecrets',
  actions: DELETE,
  ...sessionSecrets(scope),
});

/** Whether a secret exists: metadata, never a value. */
const seeSecrets = (scope: Construct): Permission => ({
  sid: 'SeeSecrets',
  actions: ['secretsmanager:DescribeSecret'],
  ...allSecrets(scope),
});

/** Deletes secrets of an ended task, and sees whether there was something to delete: a deletion of a secret that is not known succeeds. */
export const revokeSecrets = (scope: Construct): Permission[] => [seeSecrets(scope), deleteSecrets(scope)];

/** Uses the session of an ended task, and checks that its secrets no longer exist. */
export const proveSecretsDeleted = (scope: Construct): Permission[] => [
  {
    sid: 'ReadSessionSecrets',
    actions: ['secretsmanager:GetSecretValue'],
    ...sessionSecrets(scope),
  },
  seeSecrets(scope),
];

/** Finds secrets that no ledger row refers to. */
export const listSecrets: Permission = {
  sid: 'ListSecrets',
  actions: ['secretsmanager:ListSecrets'],
  resources: ['*'], // The action supports no resources.
  openBecause: 'ListSecrets has no resources; it returns names and dates of secrets, never a value.',
};

/** Reads the admin's password of each database in which logins are created for tasks of a type. */
export function readAdmins(name: string, secrets: Readonly<Record<string, SecretSpec>>): Permission[] {
  const logins = Object.values(secrets).filter((spec) => spec.kind === 'postgres');
  const admins = new Set(logins.map(({ adminSecretArn }) => adminSecretArn));
  const keys = new Set(logins.flatMap(({ adminKeyArn }) => adminKeyArn ?? []));
  return [
    { sid: `ReadAdminsOf${name}`, actions: ['secretsmanager:GetSecretValue'], resources: [...admins] },
    { sid: `DecryptAdminsOf${name}`, actions: ['kms:Decrypt'], resources: [...keys] },
  ].filter(({ resources }) => resources.length > 0);
}
