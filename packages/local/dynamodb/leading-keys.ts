/** The key attributes of a table and its indexes. */
export interface TableKeys {
  readonly name: string;
  readonly arn: string;
  readonly hash: string;
  readonly range?: string;
  /** Hash key by index name. */
  readonly indexes: Readonly<Record<string, string>>;
}

type Value = Readonly<Record<string, unknown>>;
type Input = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** `{ "S": "a" }` as the text that `dynamodb:LeadingKeys` compares. */
const textOf = (value: unknown): string | undefined => {
  const [inner] = isRecord(value) ? Object.values(value as Value) : [];
  return typeof inner === 'string' ? inner : undefined;
};

function fromItem(container: unknown, hash: string): string | undefined {
  return isRecord(container) ? textOf(container[hash]) : undefined;
}

/**
 * The key of the item that an operation names, for the trail: attribute -> value as text. For PutItem, only
 * the key.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/understanding-ddb-log-entries.html
 */
export function itemKey(
  operation: string,
  input: Input,
  { hash, range }: TableKeys,
): Record<string, string> | undefined {
  const source = operation === 'PutItem' ? input['Item'] : input['Key'];
  const names = range === undefined ? [hash] : [hash, range];
  const texts = names.map((name) => [name, fromItem(source, name)] as const);
  if (texts.some(([, text]) => text === undefined)) return undefined;
  return Object.fromEntries(texts.map(([name, text = '']) => [name, text]));
}

/** The partition key's value in a Query's key condition (`#k = :v AND …`) or in the older KeyConditions. */
function fromQuery(input: Input, hash: string): string | undefined {
  const legacy = isRecord(input['KeyConditions']) ? input['KeyConditions'][hash] : undefined;
  if (isRecord(legacy) && Array.isArray(legacy['AttributeValueList']))
    return textOf(legacy['AttributeValueList'][0]);
  const names = isRecord(input['ExpressionAttributeNames']) ? input['ExpressionAttributeNames'] : {};
  const values = isRecord(input['ExpressionAttributeValues']) ? input['ExpressionAttributeValues'] : {};
  const equalities = String(input['KeyConditionExpression'] ?? '').matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g);
  for (const [, name = '', value = ''] of equalities)
    if ((names[name] ?? name) === hash) return textOf(values[value]);
  return undefined;
}

/**
 * The partition key value that an operation uses, for the condition key `dynamodb:LeadingKeys`. Scan has
 * none. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
 */
export function leadingKey(operation: string, input: Input, hash: string): string | undefined {
  if (operation === 'PutItem') return fromItem(input['Item'], hash);
  if (operation === 'Query') return fromQuery(input, hash);
  return operation === 'Scan' ? undefined : fromItem(input['Key'], hash);
}
