import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { EVENT_SOURCE } from '../../core/operations/bus-events.ts';
import { DRAIN_KEY } from '../../core/operations/drain.ts';
import { secretPrefix, SESSION_SECRET, taskRolePath, typeParameterName } from 'taskbound-evidence/names/ids';
import { SECRET_ARN_TAIL } from 'taskbound-evidence/names/secret-id';
import { DUE_INDEX } from '../../core/ledger/tables.ts';
import type { SecretSpec } from '../../core/task-types/task-type.ts';
import type { Permission } from '../functions/permission.ts';
import type { Records } from './records.ts';

/** What the control functions may do, one function a capability. Each names its actions; each `*` says why. */

export function secretArn(scope: Construct, path: string): string {
  const stack = Stack.of(scope);
  const resourceName = `${secretPrefix(stack.stackName)}${path}`;
  return stack.formatArn({
    service: 'secretsmanager',
    resource: 'secret',
    resourceName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}

const allSecrets = (scope: Construct) => secretArn(scope, '*');
const SECRETS_OPEN =
  'Secrets are named after tasks, which are not known at deployment; the stack name bounds them.';
/** Where a call names a secret that does not exist, AWS checks the name without the random tail. */
const sessionSecrets = (scope: Construct) => [
  secretArn(scope, `*/${SESSION_SECRET}`),
  secretArn(scope, `*/${SESSION_SECRET}${SECRET_ARN_TAIL}`),
];
export const sessionSecretsOf = (scope: Construct, type: string) =>
  secretArn(scope, `${type}/*/${SESSION_SECRET}${SECRET_ARN_TAIL}`);
export const SESSION_SECRETS_OPEN =
  'Session secrets are named after tasks, which are not known at deployment; only those named `session` match.';

export const useRecords = ({ ledger, evidence }: Records): Permission[] => [
  {
    sid: 'ReadAndWriteLedger',
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    resources: [ledger.tableArn],
  },
  // Neither UpdateItem nor DeleteItem. A put can replace an event: that ours do not is the code's condition, for which IAM has no key.
  {
    sid: 'ReadAndAppendEvidence',
    actions: ['dynamodb:Query', 'dynamodb:PutItem'],
    resources: [evidence.tableArn],
  },
];

/** Only the sparse index: a run reads what is due, whatever the table holds. */
export const findDue = ({ ledger }: Records): Permission => ({
  sid: 'FindDue',
  actions: ['dynamodb:Query'],
  resources: [`${ledger.tableArn}/index/${DUE_INDEX.name}`],
});

export const readRows = ({ ledger }: Records): Permission => ({
  sid: 'ReadLedger',
  actions: ['dynamodb:GetItem'],
  resources: [ledger.tableArn],
});

/**
 * Puts and takes away the marker that refuses new tasks, and no task's row. `ForAllValues` holds also when there is no key at all, hence
 * `Null`: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export const refuseTasks = ({ ledger }: Records): Permission => ({
  sid: 'RefuseTasks',
  actions: ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
  resources: [ledger.tableArn],
  conditions: {
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [DRAIN_KEY] },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  },
});

export const EXECUTIONS_OPEN = 'Executions are named after tasks, which are not known at deployment.';

/** Starts executions of one machine. */
export const startExecutions = (name: string, stateMachineArn: string): Permission => ({
  sid: `Start${name}`,
  actions: ['states:StartExecution'],
  resources: [stateMachineArn],
});

/** Of every machine of the stack, those of types that a later deploy left out included: their executions may still have to be closed. */
export const seeExecutions = (scope: Construct): Permission => ({
  sid: 'SeeExecutions',
  actions: ['states:DescribeExecution'],
  resources: [allExecutions(scope)],
  openBecause: EXECUTIONS_OPEN,
});

/** Says on the account's default bus what happened, under our own name only: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html */
export const announce = (scope: Construct): Permission => ({
  sid: 'AnnounceBoundaries',
  actions: ['events:PutEvents'],
  resources: [
    Stack.of(scope).formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' }),
  ],
  conditions: { StringEquals: { 'events:source': EVENT_SOURCE } },
});

/** As wide as `seeExecutions`, for the same reason: whoever drains the stack must be able to end what a type left behind. */
export const endExecutions = (scope: Construct): Permission => ({
  sid: 'EndExecutions',
  actions: ['states:StopExecution'],
  resources: [allExecutions(scope)],
  openBecause: EXECUTIONS_OPEN,
});

const allExecutions = (scope: Construct): string =>
  Stack.of(scope).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${machineName(scope, '*')}:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** Machines are named after the stack, so that a permission can name those that are no longer in the template. */
export const machineName = (scope: Construct, name: string): string => `${Stack.of(scope).stackName}-${name}`;

/** The IAM path of task roles and their ceilings: it names also those of types that a later deploy left out. */
export const taskPath = (scope: Construct): string => taskRolePath(Stack.of(scope).stackName);

/** Writes or deletes inline policies of task roles. Whatever is written there stays under the ceiling; a role that lost it may not be written to. */
export const changeTaskPolicies = (scope: Construct, sid: string, action: string): Permission => ({
  sid,
  actions: [action],
  resources: [underTaskPath(scope, 'role', '*')],
  conditions: { StringLike: { 'iam:PermissionsBoundary': underTaskPath(scope, 'policy', '*') } },
  openBecause: TASK_ROLES_OPEN,
});

const TASK_ROLES_OPEN =
  'Task roles lie under the path of their stack; that of a type which was removed must still be reached.';

const underTaskPath = (scope: Construct, resource: 'role' | 'policy', name: string): string =>
  Stack.of(scope).formatArn({
    service: 'iam',
    region: '',
    resource,
    resourceName: `${taskPath(scope).slice(1)}${name}`,
  });

/**
 * Looks for what no row of the ledger leads to. IAM authorizes ListRoles by the path that is asked for: `…:role/taskbound/<stack>/`, which
 * is no role's ARN but the path alone.
 */
export const findStrays = (scope: Construct): Permission[] => [
  {
    sid: 'ListSecrets',
    actions: ['secretsmanager:ListSecrets'],
    resources: ['*'],
    openBecause: 'ListSecrets knows no resources; it tells names and dates of secrets, never a value.',
  },
  { sid: 'ListTaskRoles', actions: ['iam:ListRoles'], resources: [underTaskPath(scope, 'role', '')] },
  {
    sid: 'ListTaskPolicies',
    actions: ['iam:ListRolePolicies'],
    resources: [underTaskPath(scope, 'role', '*')],
    openBecause: TASK_ROLES_OPEN,
  },
];

export const readTypes = (scope: Construct): Permission => ({
  sid: 'ReadTaskTypes',
  actions: ['ssm:GetParameter'],
  resources: [typeArn(scope, '*')],
  openBecause: 'Task types are declared after the boundary; the path holds nothing but their configuration.',
});

export function typeArn(scope: Construct, type: string): string {
  const stack = Stack.of(scope);
  const resourceName = typeParameterName(stack.stackName, type).slice(1);
  return stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName });
}

/** Reads the admin's password of a database whose logins are made for tasks of a type. */
export const readAdmins = (name: string, secrets: Readonly<Record<string, SecretSpec>>): Permission[] => {
  const specs = Object.values(secrets).filter((spec) => spec.kind === 'postgres');
  const arns = new Set(specs.map(({ adminSecretArn }) => adminSecretArn));
  const keys = new Set(specs.flatMap(({ adminKeyArn }) => adminKeyArn ?? []));
  const read = (sid: string, action: string, resources: ReadonlySet<string>) =>
    resources.size === 0 ? [] : [{ sid, actions: [action], resources: [...resources] }];
  return [
    ...read(`ReadAdminsOf${name}`, 'secretsmanager:GetSecretValue', arns),
    ...read(`DecryptAdminsOf${name}`, 'kms:Decrypt', keys),
  ];
};

const MAKE = [
  'secretsmanager:CreateSecret',
  'secretsmanager:PutResourcePolicy',
  'secretsmanager:PutSecretValue',
];
const DESTROY = ['secretsmanager:DeleteSecret'];

export const makeSecrets = (scope: Construct): Permission => ({
  sid: 'MakeSecrets',
  // What is made too late is destroyed by the function that made it.
  actions: [...MAKE, ...DESTROY],
  resources: [allSecrets(scope)],
  openBecause: SECRETS_OPEN,
});

export const makeSessionSecrets = (scope: Construct): Permission => ({
  sid: 'MakeSessionSecrets',
  actions: MAKE,
  resources: sessionSecrets(scope),
  openBecause: SESSION_SECRETS_OPEN,
});

export const destroySecrets = (scope: Construct): Permission => ({
  sid: 'DestroySecrets',
  actions: DESTROY,
  resources: [allSecrets(scope)],
  openBecause: SECRETS_OPEN,
});

export const destroySessionSecrets = (scope: Construct): Permission => ({
  sid: 'DestroySessionSecrets',
  actions: DESTROY,
  resources: sessionSecrets(scope),
  openBecause: SESSION_SECRETS_OPEN,
});

export const proveSecretsGone = (scope: Construct): Permission[] => [
  {
    sid: 'ReadSessionSecrets',
    actions: ['secretsmanager:GetSecretValue'],
    resources: sessionSecrets(scope),
    openBecause: SESSION_SECRETS_OPEN,
  },
  {
    sid: 'SeeSecrets',
    actions: ['secretsmanager:DescribeSecret'],
    resources: [allSecrets(scope)],
    openBecause: SECRETS_OPEN,
  },
];
