/**
 * DynamoDB's item calls, and what their data events contain:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/understanding-ddb-log-entries.html
 */
import { type Fields, fieldsOf, textIn, type TrailEvent } from '../trail/trail-event.ts';
import { arnAt, hasNonText, requiredPermission, type RequiredPermission } from './required-permission.ts';

/**
 * The IAM action has the name of the call. Batches and transactions are not mapped: one record names several
 * tables.
 */
const CALLS = new Set([
  'GetItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'Query',
  'Scan',
  'ConditionCheckItem',
  'DescribeTable',
]);

export function dynamodbPermissions(event: TrailEvent): readonly RequiredPermission[] | undefined {
  const { name, parameters } = event;
  const table = textIn(parameters, 'tableName');
  if (!CALLS.has(name) || table === '' || hasNonText(parameters, ['indexName'])) return undefined;
  const arn =
    event.resources.find((resource) => resource.includes(':table/')) ??
    (table.startsWith('arn:') ? table : arnAt(event, 'dynamodb', `table/${table}`));
  const index = textIn(parameters, 'indexName');
  const resource = index === '' || arn.includes('/index/') ? arn : `${arn}/index/${index}`;
  return [requiredPermission(`dynamodb:${name}`, resource, leadingKeys(parameters))];
}

/**
 * The partition key's value. It is known only for a key with one attribute: for two attributes, the record
 * does not show which one is the partition key. The record of a Query does not contain its values.
 */
function leadingKeys(parameters: Fields): Record<string, readonly string[]> {
  const attributes = Object.values(fieldsOf(parameters['key']));
  const [value] = attributes.map(textOf);
  return attributes.length === 1 && value !== undefined ? { 'dynamodb:LeadingKeys': [value] } : {};
}

/** `"a"`, or `{ "S": "a" }`. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  const inner: unknown = Object.values(fieldsOf(value))[0];
  return typeof inner === 'string' ? inner : undefined;
}
