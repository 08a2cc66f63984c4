import { partitionOf } from 'taskbound-evidence/names/partition';
import type { ItemKey, NamedUse, Place } from './named-use.ts';

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

/** `{ "S": "a" }` of the plain client, `"a"` of the document client. */
function keyText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  const { S, N, B } = fieldsOf(value);
  return S === undefined && N === undefined && B === undefined ? undefined : keyText(S ?? N ?? B);
}

/** Undefined where the command names no item by its key, or by what is no key. */
function keyOf(key: unknown): ItemKey | undefined {
  const texts = Object.entries(fieldsOf(key)).map(([name, value]) => [name, keyText(value)] as const);
  if (texts.length === 0 || texts.some(([, text]) => text === undefined)) return undefined;
  return Object.fromEntries(texts.map(([name, text = '']) => [name, text]));
}

/** A table that is named otherwise than by its ARN is the caller's own. */
function tableArn(name: unknown, { region, accountId }: Place, index?: unknown): string {
  if (typeof name !== 'string' || name === '') return '*';
  const arn = name.startsWith('arn:')
    ? name
    : `arn:${partitionOf(region)}:dynamodb:${region}:${accountId}:table/${name}`;
  return typeof index === 'string' ? `${arn}/index/${index}` : arn;
}

function useOf(action: string, table: unknown, key: unknown, place: Place, index?: unknown): NamedUse {
  const named = keyOf(key);
  return {
    action: `dynamodb:${action}`,
    resource: tableArn(table, place, index),
    ...(named && { key: named }),
  };
}

/** One use for each key that is read, or that is deleted; a put does not tell which of an item's attributes is its key. */
function batchUses(command: string, tables: unknown, place: Place): NamedUse[] {
  return Object.entries(fieldsOf(tables)).flatMap(([table, asked]) => {
    const { Keys } = fieldsOf(asked);
    const keys: readonly unknown[] = Array.isArray(Keys)
      ? Keys
      : Object.values(fieldsOf(asked)).map((write) => fieldsOf(fieldsOf(write)['DeleteRequest'])['Key']);
    return keys.map((key) => useOf(command, table, key, place));
  });
}

/** Transactions need the permissions of their parts: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html */
const PARTS: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

const partUses = (parts: readonly unknown[], place: Place): NamedUse[] =>
  parts.flatMap((part) =>
    Object.entries(fieldsOf(part)).map(([kind, asked]) => {
      const { TableName, Key } = fieldsOf(asked);
      return useOf(PARTS[kind] ?? kind, TableName, Key, place);
    }),
  );

/** What a command of DynamoDB uses: one permission for each item that it names, or one for the table. */
export function itemUses(command: string, input: object, place: Place): NamedUse[] {
  const { TableName, IndexName, Key, RequestItems, TransactItems } = fieldsOf(input);
  const several = Array.isArray(TransactItems)
    ? partUses(TransactItems, place)
    : batchUses(command, RequestItems, place);
  return several.length > 0 ? several : [useOf(command, TableName, Key, place, IndexName)];
}
