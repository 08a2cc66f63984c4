/** Item calls of DynamoDB, and what their data events show: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/understanding-ddb-log-entries.html */
import { type Fields, fieldsOf, textIn, type TrailEvent } from '../trail/trail-event.ts';
import { arnAt, isOdd, need, type Need } from './required-permission.ts';

/** IAM's action has the call's name. Batches and transactions name several tables in one record: they are not mapped. */
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

export function dynamodbNeeds(event: TrailEvent): readonly Need[] | undefined {
  const { name, parameters } = event;
  const table = textIn(parameters, 'tableName');
  if (!CALLS.has(name) || table === '' || isOdd(parameters, ['indexName'])) return undefined;
  const arn =
    event.resources.find((resource) => resource.includes(':table/')) ??
    (table.startsWith('arn:') ? table : arnAt(event, 'dynamodb', `table/${table}`));
  const index = textIn(parameters, 'indexName');
  const resource = index === '' || arn.includes('/index/') ? arn : `${arn}/index/${index}`;
  return [need(`dynamodb:${name}`, resource, leadingKeys(parameters))];
}

/**
 * The partition key, where the record leaves no doubt which attribute that is: of a key with two attributes it does not tell. A Query's
 * values are not in the record.
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
