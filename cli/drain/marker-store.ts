import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { DRAIN_KEY, drainOf, type Drain, type DrainMarker } from '../../core/operations/drain.ts';
import type { ClientConfig } from '../../client/caller/client-config.ts';
import { LEDGER_KEYS } from '../../core/ledger/tables.ts';
import type { Manifest } from '../../core/manifest/manifest.ts';

const Key = { [LEDGER_KEYS.partitionKey]: DRAIN_KEY };

/** Reads and writes the marker in the ledger that makes the stack refuse new tasks. */
export class MarkerStore {
  readonly #documents: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(config: ClientConfig, { ledgerTable }: Pick<Manifest, 'ledgerTable'>) {
    this.#documents = DynamoDBDocumentClient.from(new DynamoDBClient({ ...config }));
    this.#table = ledgerTable;
  }

  async read(): Promise<Drain | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#table, Key, ConsistentRead: true }),
    );
    return drainOf(Item);
  }

  /**
   * Writes the marker, and returns the one that is stored afterwards: an existing marker is kept. An item that is not a valid marker is
   * replaced; it refused tasks as well.
   */
  async put(marker: Omit<DrainMarker, 'boundaryId'>): Promise<Drain> {
    const Item = { ...marker, ...Key };
    try {
      await this.#documents.send(
        new PutCommand({
          TableName: this.#table,
          Item,
          ConditionExpression: `attribute_not_exists(${LEDGER_KEYS.partitionKey})`,
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const existing = await this.read();
      if (existing !== undefined && 'marker' in existing) return existing;
      await this.#documents.send(new PutCommand({ TableName: this.#table, Item }));
    }
    return { marker: Item as DrainMarker };
  }

  /** Removes the marker, and returns it; undefined when there was none. */
  async remove(): Promise<Drain | undefined> {
    const { Attributes } = await this.#documents.send(
      new DeleteCommand({ TableName: this.#table, Key, ReturnValues: 'ALL_OLD' }),
    );
    return drainOf(Attributes);
  }
}
