import * as z from 'zod';
import { AwsError } from '../gateway/service.ts';
import { type JsonOperation, operation } from '../gateway/wire/json-service.ts';
import { arnOf } from '../gateway/account-and-region.ts';
import type { EmbeddedServices } from '../embedded/services.ts';
import { authorizeRead } from './read-call.ts';
import { fieldOf, type StackResources, tagsOf, type Properties } from './stack-resources.ts';

const TABLE_TYPES = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];
/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html */
const MAX_TABLES = 100;

const TableInput = z.strictObject({ TableName: z.string().min(1).max(1024) });
const nameOf = (text: string): string => text.split(':table/').at(-1) ?? text;

/** The calls that describe tables: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html */
export function dynamodbReads(
  { dynamodb }: EmbeddedServices,
  resources: StackResources,
): Readonly<Record<string, JsonOperation>> {
  /** A call about one table. */
  const ofTable = (
    action: string,
    describe: (name: string, properties: Properties) => unknown,
  ): JsonOperation =>
    operation(TableInput, ({ TableName }, call) => {
      const name = nameOf(TableName);
      const parameters = { tableName: name };
      authorizeRead(call, {
        action: `dynamodb:${action}`,
        resource: arnOf('dynamodb', `table/${name}`),
        parameters,
      });
      if (dynamodb.keysOf(name) === undefined)
        throw new AwsError(
          'ResourceNotFoundException',
          `Requested resource not found: Table: ${name} not found`,
        );
      return describe(name, resources.properties(TABLE_TYPES, name));
    });
  return {
    ListTables: operation(
      z.strictObject({
        ExclusiveStartTableName: z.string().optional(),
        Limit: z.int().min(1).max(MAX_TABLES).default(MAX_TABLES),
      }),
      ({ ExclusiveStartTableName: after = '', Limit }, call) => {
        authorizeRead(call, { action: 'dynamodb:ListTables', resource: '*' });
        const names = dynamodb
          .tableNames()
          .filter((name) => name > after)
          .sort();
        const TableNames = names.slice(0, Limit);
        return {
          TableNames,
          ...(TableNames.length < names.length && { LastEvaluatedTableName: TableNames.at(-1) }),
        };
      },
    ),
    DescribeTable: ofTable('DescribeTable', async (name) => ({ Table: await dynamodb.describe(name) })),
    DescribeTimeToLive: ofTable('DescribeTimeToLive', (_name, properties) => ({
      TimeToLiveDescription: timeToLive(properties),
    })),
    DescribeContinuousBackups: ofTable('DescribeContinuousBackups', (_name, properties) => ({
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription: {
          PointInTimeRecoveryStatus: isRecoverable(properties) ? 'ENABLED' : 'DISABLED',
        },
      },
    })),
    ListTagsOfResource: operation(
      z.strictObject({ ResourceArn: z.string(), NextToken: z.string().optional() }),
      ({ ResourceArn }, call) => {
        authorizeRead(call, { action: 'dynamodb:ListTagsOfResource', resource: ResourceArn });
        return { Tags: tagsOf(resources.properties(TABLE_TYPES, ResourceArn)) };
      },
    ),
  };
}

function timeToLive(properties: Properties): object {
  const [attribute, enabled] = ['AttributeName', 'Enabled'].map((name) =>
    fieldOf(properties, 'TimeToLiveSpecification', name),
  );
  return String(enabled) === 'true'
    ? { TimeToLiveStatus: 'ENABLED', AttributeName: attribute }
    : { TimeToLiveStatus: 'DISABLED' };
}

const RECOVERY = ['PointInTimeRecoverySpecification', 'PointInTimeRecoveryEnabled'];

const isRecoverable = (properties: Properties): boolean =>
  [fieldOf(properties, ...RECOVERY), fieldOf(properties, 'Replicas', '0', ...RECOVERY)].some(
    (value) => String(value) === 'true',
  );
