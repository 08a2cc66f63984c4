import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { ToolSpec } from '../core/task-type.ts';
import type { Permission } from './permission.ts';

/** The name of the tool that a type with secrets gets when they are encrypted with a customer's key. */
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

const none: readonly Permission[] = [];

/** The key permissions that follow from a customer's key; none without one. */
export const keyOf = {
  tables: (key: kms.IKey | undefined) => (key === undefined ? none : [tablesKey(key)]),
  secretsToWrite: (key: kms.IKey | undefined) =>
    key === undefined ? none : [secretsKey(key, ['kms:GenerateDataKey', 'kms:Decrypt'])],
  secretsToRead: (key: kms.IKey | undefined) =>
    key === undefined ? none : [secretsKey(key, ['kms:Decrypt'])],
};

/** The same for a task's session: a tool like any other, so that ceiling, plan and digest show it. */
export const keyTool = (key: kms.IKey): ToolSpec => ({
  name: KEY_TOOL,
  actions: ['kms:Decrypt'],
  resources: [key.keyArn],
  conditions: { StringEquals: { 'kms:ViaService': [via('secretsmanager')] } },
});

/** CloudWatch Logs needs the key's own consent: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
export function letLogsUse(scope: Construct, key: kms.IKey): void {
  const groups = Stack.of(scope).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: '*',
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
      // A key's policy speaks of its own key: `*` is that key.
      resources: ['*'],
      // Log groups get their names at deployment, hence the `*`.
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': groups } },
    }),
  );
}
