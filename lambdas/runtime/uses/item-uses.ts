import { partitionOf } from 'taskbound-evidence/names/partition';
import type { ItemKey, NamedUse, UseOrigin } from './named-use.ts';

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};

/** The plain client sends `{ "S": "a" }`, and the document client `"a"`. */
function keyText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  const { S, N, B } = fieldsOf(value);
  return S === undefined && N === undefined && B === undefined ? undefined : keyText(S ?? N ?? B);
}

/** Undefined if the command names no item by its key, or the key is invalid. */
function keyOf(key: unknown): ItemKey | undefined {
  const texts = Object.entries(fieldsOf(key)).map(([name, value]) => [name, keyText(value)] as const);
  if (texts.length === 0 || texts.some(([, text]) => text === undefined)) return undefined;
  return Object.fromEntries(texts.map(([name, text = '']) => [name, text]));
}

/** The ARN of a table. A table that is not named by its ARN belongs to the caller's account. */
function tableArn(name: unknown, { region, accountId }: UseOrigin, index?: unknown): string {
  if (typeof name !== 'string' || name === '') return '*';
  const arn = name.startsWith('arn:')
    ? name
    : `arn:${partitionOf(region)}:dynamodb:${region}:${accountId}:table/${name}`;
  return typeof index === 'string' ? `${arn}/index/${index}` : arn;
}

function useOf(action: string, table: unknown, key: unknown, place: UseOrigin, index?: unknown): NamedUse {
  const named = keyOf(key);
  return {
    action: `dynamodb:${action}`,
    resource: tableArn(table, place, index),
    ...(named && { key: named }),
  };
}

/**
 * One use for each key that is read or deleted. A put does not show which of the item's attributes are its
 * key.
 */
function batchUses(command: string, tables: unknown, place: UseOrigin): NamedUse[] {
  return Object.entries(fieldsOf(tables)).flatMap(([table, asked]) => {
    const { Keys } = fieldsOf(asked);
    const keys: readonly unknown[] = Array.isArray(Keys)
      ? Keys
      : Object.values(fieldsOf(asked)).map((write) => fieldsOf(fieldsOf(write)['DeleteRequest'])['Key']);
    return keys.map((key) => useOf(command, table, key, place));
  });
}

/**
 * A transaction needs the permissions of its parts:
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
const PARTS: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

const partUses = (parts: readonly unknown[], place: UseOrigin): NamedUse[] =>
  parts.flatMap((part) =>
    Object.entries(fieldsOf(part)).map(([kind, asked]) => {
      const { TableName, Key } = fieldsOf(asked);
      return useOf(PARTS[kind] ?? kind, TableName, Key, place);
    }),
  );

/** The permissions that a DynamoDB command uses: one for each item that it names, or one for the table. */
export function itemUses(command: string, input: object, place: UseOrigin): NamedUse[] {
  const { TableName, IndexName, Key, RequestItems, TransactItems } = fieldsOf(input);
  const several = Array.isArray(TransactItems)
    ? partUses(TransactItems, place)
    : batchUses(command, RequestItems, place);
  return several.length > 0 ? several : [useOf(command, TableName, Key, place, IndexName)];
}
