import { omitUndefined } from '../helpers/omit-undefined.ts';
import { type Call, AwsError } from '../gateway/service.ts';
import { JsonService, type JsonOperation } from '../gateway/wire/json-service.ts';
import type { Changes } from '../state/changes.ts';
import { DynamoEngine } from './engine.ts';
import { type TableKeys, itemKey, leadingKey } from './leading-keys.ts';

type Input = Readonly<Record<string, unknown>>;
type Item = Readonly<Record<string, unknown>>;

/** Item operations; each needs the permission of the same name. Transactions and batches are not supported. */
const OPERATIONS = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan'] as const;
const READS = new Set<string>(['GetItem', 'Query', 'Scan']);

export interface TableSpec extends TableKeys {
  /** The input of CreateTable, from the template. */
  readonly definition: { readonly TableName: string };
}

const isInput = (value: unknown): value is Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** DynamoDB. Handles authorization and the trail; dynalite handles the data. */
export class DynamoDb extends JsonService {
  readonly #engine = new DynamoEngine();
  readonly #tables = new Map<string, TableKeys>();
  readonly #changes: Changes | undefined;
  #noting: Promise<void> = Promise.resolve();

  constructor(changes?: Changes) {
    const run =
      (name: string): JsonOperation =>
      (input, call) => {
        if (!isInput(input)) throw new AwsError('SerializationException', 'The input is not an object.');
        return this.#run(name, input, call);
      };
    super('dynamodb', '1.0', Object.fromEntries(OPERATIONS.map((name) => [name, run(name)])));
    this.#changes = changes;
  }

  async createTable({ definition, ...keys }: TableSpec): Promise<void> {
    await this.#engine.createTable(definition);
    this.#tables.set(keys.name, keys);
  }

  tableNames(): string[] {
    return [...this.#tables.keys()];
  }

  /** The key attributes of a table; undefined when there is no such table. */
  keysOf(table: string): TableKeys | undefined {
    return this.#tables.get(table);
  }

  /** The table as DescribeTable returns it. */
  async describe(name: string): Promise<Record<string, unknown>> {
    const { Table } = (await this.#engine.run('DescribeTable', { TableName: name })) as {
      readonly Table: Item;
    };
    const arn = this.#tables.get(name)?.arn ?? '';
    const withArn = (index: Item): Item => ({
      ...index,
      IndexArn: `${arn}/index/${String(index['IndexName'])}`,
    });
    const indexes = ['GlobalSecondaryIndexes', 'LocalSecondaryIndexes'].flatMap((field) => {
      const found = Table[field];
      return Array.isArray(found) ? [[field, (found as Item[]).map(withArn)] as const] : [];
    });
    return { ...Table, TableArn: arn, ...Object.fromEntries(indexes) };
  }

  /** Every item of a table, without authorization: for snapshots and tests. */
  async items(table: string): Promise<Item[]> {
    const items: Item[] = [];
    for (let start: unknown; ;) {
      const page = await this.#engine.run('Scan', {
        TableName: table,
        ...omitUndefined({ ExclusiveStartKey: start }),
      });
      if (Array.isArray(page['Items'])) items.push(...page['Items']);
      start = page['LastEvaluatedKey'];
      if (start === undefined) return items;
    }
  }

  /** The read request units of a read, as DynamoDB counts them, without authorization: for benchmarks. */
  async readUnits(operation: string, input: object): Promise<number> {
    const answer = await this.#engine.run(operation, { ...input, ReturnConsumedCapacity: 'TOTAL' });
    const consumed = answer['ConsumedCapacity'] as { readonly CapacityUnits?: number } | undefined;
    return consumed?.CapacityUnits ?? 0;
  }

  async putItem(table: string, item: Item): Promise<void> {
    await this.#engine.run('PutItem', { TableName: table, Item: item });
    const keys = this.#tables.get(table);
    if (keys !== undefined) await this.#note(keys, item);
  }

  /** Reports the item with the key that `source` contains as changed, before the caller learns that it changed. */
  async #note(table: TableKeys, source: unknown): Promise<void> {
    if (this.#changes?.isFollowed !== true) return;
    const changes = this.#changes;
    // One after the other: an earlier value must not be noted after a later one.
    const noted = this.#noting.then(async () => {
      const { Item } = await this.#read(table, source);
      changes.note(['item', table.name, JSON.stringify(keyIn(table, source))], () => Item);
    });
    this.#noting = noted.catch(() => undefined);
    return noted;
  }

  #read(table: TableKeys, source: unknown): Promise<Record<string, unknown>> {
    const input = { TableName: table.name, Key: keyIn(table, source), ConsistentRead: true };
    return this.#engine.run('GetItem', input);
  }

  async #run(operation: string, input: Input, call: Call): Promise<unknown> {
    const named = String(input['TableName'] ?? '');
    const name = named.split(':table/').at(-1) ?? named;
    const table = this.#tables.get(name);
    this.#authorize(operation, input, { name, table, call });
    if (table === undefined) throw new AwsError('ResourceNotFoundException', 'Requested resource not found');
    const { ReturnValuesOnConditionCheckFailure: onFailure, ...rest } = input;
    try {
      const result = await this.#engine.run(operation, { ...rest, TableName: name });
      if (!READS.has(operation)) await this.#note(table, input['Key'] ?? input['Item']);
      return result;
    } catch (error) {
      if (
        onFailure !== 'ALL_OLD' ||
        !(error instanceof AwsError) ||
        error.name !== 'ConditionalCheckFailedException'
      )
        throw error;
      throw await this.#withItem(error, input, table);
    }
  }

  #authorize(
    operation: string,
    input: Input,
    { name, table, call }: { name: string; table: TableKeys | undefined; call: Call },
  ): void {
    const arn = table?.arn ?? `arn:aws:dynamodb:${call.region}:${call.caller.accountId}:table/${name}`;
    const index = typeof input['IndexName'] === 'string' ? input['IndexName'] : undefined;
    const resource = index === undefined ? arn : `${arn}/index/${index}`;
    const hash = index === undefined ? table?.hash : table?.indexes[index];
    const leading = hash === undefined ? undefined : leadingKey(operation, input, hash);
    const key = table === undefined ? undefined : itemKey(operation, input, table);
    call.record({
      eventCategory: 'Data',
      readOnly: READS.has(operation),
      requestParameters: {
        tableName: name,
        ...omitUndefined({ indexName: index, key }),
      },
      resources: [{ ARN: arn, type: 'AWS::DynamoDB::Table' }],
    });
    call.authorize({
      action: `dynamodb:${operation}`,
      resource,
      ...(leading !== undefined && { context: { 'dynamodb:LeadingKeys': [leading] } }),
    });
  }

  /** Adds the item whose condition failed to the error. DynamoDB returns it on request; dynalite does not. */
  async #withItem(error: AwsError, input: Input, table: TableKeys): Promise<AwsError> {
    const source = isInput(input['Key']) ? input['Key'] : input['Item'];
    const { Item } = await this.#read(table, source);
    return new AwsError(error.name, error.message, error.status, Item === undefined ? {} : { Item });
  }
}

/** The key that an item or a key contains. */
function keyIn({ hash, range }: TableKeys, source: unknown): Record<string, unknown> {
  const names = range === undefined ? [hash] : [hash, range];
  return Object.fromEntries(names.map((name) => [name, isInput(source) ? source[name] : undefined]));
}
