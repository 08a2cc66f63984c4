import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { taskRolePath } from 'taskbound-evidence/names/ids';
import type { Permission } from '../functions/permission.ts';

/** The IAM path of task roles and their ceilings. It covers also those of types that a later deploy removed. */
export const taskPath = (scope: Construct): string => taskRolePath(Stack.of(scope).stackName);

const TASK_ROLES_OPEN =
  'Task roles are under the path of their stack; that of a removed type must still be reached.';

/** Denies the sessions of ended tasks, in an inline policy of their role. */
export const putDenies = (scope: Construct): Permission =>
  changeTaskPolicies(scope, 'DenyBoundaries', 'iam:PutRolePolicy');

/** Deletes those inline policies when the denied sessions have expired. */
export const deleteDenies = (scope: Construct): Permission =>
  changeTaskPolicies(scope, 'LiftDenies', 'iam:DeleteRolePolicy');

/** Only on roles that have their ceiling as permissions boundary: whatever the inline policy allows, the ceiling limits it. */
const changeTaskPolicies = (scope: Construct, sid: string, action: string): Permission => ({
  sid,
  actions: [action],
  resources: [underTaskPath(scope, 'role', '*')], // every task role of the stack, also of removed types
  // The `*` is the ceiling of any type, for the same reason.
  conditions: { StringLike: { 'iam:PermissionsBoundary': underTaskPath(scope, 'policy', '*') } },
  openBecause: TASK_ROLES_OPEN,
});

/**
 * Finds task roles and policies that no ledger row refers to. IAM authorizes ListRoles by the requested path,
 * `…:role/taskbound/<stack>/`, which is the ARN of no role.
 */
export const listTaskRoles = (scope: Construct): Permission[] => [
  { sid: 'ListTaskRoles', actions: ['iam:ListRoles'], resources: [underTaskPath(scope, 'role', '')] },
  {
    sid: 'ListTaskPolicies',
    actions: ['iam:ListRolePolicies'],
    resources: [underTaskPath(scope, 'role', '*')], // every task role of the stack, also of removed types
    openBecause: TASK_ROLES_OPEN,
  },
];

const underTaskPath = (scope: Construct, resource: 'role' | 'policy', name: string): string =>
  Stack.of(scope).formatArn({
    service: 'iam',
    region: '',
    resource,
    resourceName: `${taskPath(scope).slice(1)}${name}`,
  });
