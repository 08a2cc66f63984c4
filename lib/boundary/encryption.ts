import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { ToolSpec } from '../../core/task-types/task-type.ts';
import type { Permission } from '../functions/permission.ts';

/** The tool that a type with secrets gets when a customer's key encrypts them. */
export const KEY_TOOL = 'decryptSecrets';

const via = (service: string): string => `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}`;
const onlyVia = (service: string) => ({ StringEquals: { 'kms:ViaService': via(service) } });

/** What a caller of an encrypted table needs: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html */
const tablesKey = (key: kms.IKey): Permission => ({
  sid: 'UseKeyOfTables',
  actions: [
    'kms:Encrypt',
    'kms:Decrypt',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
    'kms:GenerateDataKey',
    'kms:DescribeKey',
  ],
  resources: [key.keyArn],
  conditions: onlyVia('dynamodb'),
});

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html */
const secretsKey = (key: kms.IKey, actions: readonly string[]): Permission => ({
  sid: 'UseKeyOfSecrets',
  actions,
  resources: [key.keyArn],
  conditions: onlyVia('secretsmanager'),
});

/** What a sender to an encrypted queue needs: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html */
const queuesKey = (key: kms.IKey): Permission => ({
  sid: 'UseKeyOfQueues',
  actions: ['kms:GenerateDataKey', 'kms:Decrypt'],
  resources: [key.keyArn],
  conditions: onlyVia('sqs'),
});

const none: readonly Permission[] = [];

/** The permissions for a customer's key; none without such a key. */
export const keyPermissions = {
  tables: (key: kms.IKey | undefined) => (key === undefined ? none : [tablesKey(key)]),
  queuesToSendTo: (key: kms.IKey | undefined) => (key === undefined ? none : [queuesKey(key)]),
  secretsToWrite: (key: kms.IKey | undefined) =>
    key === undefined ? none : [secretsKey(key, ['kms:GenerateDataKey', 'kms:Decrypt'])],
  secretsToRead: (key: kms.IKey | undefined) =>
    key === undefined ? none : [secretsKey(key, ['kms:Decrypt'])],
};

/** The same for a task's session: a tool like any other, so that ceiling, plan and digest contain it. */
export const keyTool = (key: kms.IKey): ToolSpec => ({
  name: KEY_TOOL,
  actions: ['kms:Decrypt'],
  resources: [key.keyArn],
  conditions: { StringEquals: { 'kms:ViaService': [via('secretsmanager')] } },
});

/** CloudWatch Logs needs a statement in the key's own policy: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
export function letLogsUse(scope: Construct, key: kms.IKey): void {
  const groups = Stack.of(scope).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: '*', // Log groups get their names at deployment.
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'EncryptLogsOfThisAccount',
      principals: [new iam.ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`)],
      actions: [
        'kms:Encrypt',
        'kms:Decrypt',
        'kms:ReEncryptFrom',
        'kms:ReEncryptTo',
        'kms:GenerateDataKey',
        'kms:DescribeKey',
      ],
      resources: ['*'], // In a key's policy `*` is the key itself.
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': groups } },
    }),
  );
}

/** An alarm's ARN, made of its name: a reference would be circular, because the alarms refer to the topic. */
export const alarmArn = (scope: Construct, name: string): string =>
  Stack.of(scope).formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** Only on behalf of alarms of this account: otherwise an alarm of any account could use CloudWatch's permission. */
export const onlyFromAlarms = (arns: readonly string[]) => ({
  StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
  ArnLike: { 'aws:SourceArn': [...arns] },
});

/** To publish to an encrypted topic, CloudWatch needs a statement in the key's own policy: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services */
export function letAlarmsUse(scope: Construct, key: kms.IKey): void {
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'EncryptAlarmsOfThisStack',
      principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'], // In a key's policy `*` is the key itself.
      // Alarms are named after their stack: one pattern with `*` keeps the key's policy short.
      conditions: onlyFromAlarms([alarmArn(scope, `${Stack.of(scope).stackName}-*`)]),
    }),
  );
}
