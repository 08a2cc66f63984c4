import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from 'taskbound-time/clock';
import { DRAIN_KEY, drainOf, type Drain } from '../../../core/operations/drain.ts';
import { dueAtMs } from '../../../core/ledger/due.ts';
import { LedgerContention, NotTheOwner } from '../../../core/shared/errors.ts';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import { readRow } from '../../../core/ledger/read-row.ts';
import { DUE } from '../../../core/ledger/row-base.ts';
import { REVIEW_OPEN, reviewRow, type ReviewRow } from '../../../core/approvals/review.ts';
import { DUE_INDEX, LEDGER_KEYS } from '../../../core/ledger/tables.ts';

/** A task's row has a handful of writers; more conflicts than this in one update means something is wrong. */
const MAX_CONFLICTS = 10;

const IS_NEW = `attribute_not_exists(${LEDGER_KEYS.partitionKey})`;

/**
 * The only access to the ledger: single-item reads and conditional writes. Every write requires the revision
 * that its writer read, so two writers never overwrite each other, and a write whose response was lost shows
 * as a conflict and is read again.
 */
export class Ledger {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #clock: Clock;
  constructor(client: DynamoDBDocumentClient, table: string, clock: Clock) {
    this.#client = client;
    this.#table = table;
    this.#clock = clock;
  }

  async get(boundaryId: string): Promise<LedgerRow | undefined> {
    const item = await this.#item(boundaryId);
    return item && readRow(item);
  }

  /**
   * What refuses new tasks: an operator's marker, or something in its place that cannot be read. Undefined:
   * new tasks are accepted.
   */
  async draining(): Promise<Drain | undefined> {
    return drainOf(await this.#item(DRAIN_KEY));
  }

  /** Ids of rows that are due, the longest due first, `limit` at most. Reads only rows that are due. */
  async due(limit: number): Promise<string[]> {
    const { Items = [] } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: DUE_INDEX.name,
        KeyConditionExpression: `${DUE_INDEX.partitionKey} = :due AND ${DUE_INDEX.sortKey} <= :now`,
        ExpressionAttributeValues: { ':due': DUE, ':now': this.#clock.nowMs() },
        Limit: limit,
      }),
    );
    return Items.map((item) => String(item[LEDGER_KEYS.partitionKey]));
  }

  /**
   * How many emergencies are not reviewed yet, `limit` at most: from another partition of the same sparse
   * index.
   */
  async openReviews(limit: number): Promise<number> {
    const { Count = 0 } = await this.#client.send(
      new QueryCommand({
        TableName: this.#table,
        IndexName: DUE_INDEX.name,
        KeyConditionExpression: `${DUE_INDEX.partitionKey} = :open`,
        ExpressionAttributeValues: { ':open': REVIEW_OPEN },
        Select: 'COUNT',
        Limit: limit,
      }),
    );
    return Count;
  }

  async review(reviewId: string): Promise<ReviewRow | undefined> {
    const item = await this.#item(reviewId);
    return item && reviewRow.parse(item);
  }

  /** Opens a review once: false when it exists already. */
  createReview(review: ReviewRow): Promise<boolean> {
    return this.#putItem(review, IS_NEW);
  }

  /** Writes the decision on the review that was read; false when another writer was faster. */
  decideReview(review: ReviewRow): Promise<boolean> {
    return this.#putItem(review, 'revision = :seen', { ':seen': review.revision - 1 });
  }

  /** Writes a new row; false when the boundary has one already. */
  create(row: LedgerRow): Promise<boolean> {
    return this.#put(row, IS_NEW);
  }

  /**
   * Applies a pure change to the current row, and again whenever another writer was faster. The change must
   * be idempotent. It returns the row that it was given when there is nothing to write. Its errors are
   * thrown.
   */
  async update<Row extends LedgerRow>(boundaryId: string, change: (row: LedgerRow) => Row): Promise<Row> {
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
      const row = await this.get(boundaryId);
      if (row === undefined)
        throw new NotTheOwner(`No task ${boundaryId} was submitted. Nothing was changed.`);
      const changed = change(row);
      if (changed === row) return changed;
      const next = { ...changed, revision: row.revision + 1 };
      if (await this.#put(next, 'revision = :seen', { ':seen': row.revision })) return next;
    }
    throw new LedgerContention(
      `The row of ${boundaryId} changed ${MAX_CONFLICTS} times between read and write. It is tried again.`,
    );
  }

  async #item(boundaryId: string): Promise<Record<string, unknown> | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: { boundaryId }, ConsistentRead: true }),
    );
    return Item;
  }

  /** The row with the time of this write, and when it needs a look, which follows from the row. */
  #stamped({ due: _due, dueAtMs: _dueAtMs, ...row }: LedgerRow): LedgerRow {
    const stamped = { ...row, updatedAtMs: this.#clock.nowMs() };
    const nextMs = dueAtMs(stamped);
    return nextMs === undefined ? stamped : { ...stamped, due: DUE, dueAtMs: nextMs };
  }

  #put(row: LedgerRow, condition: string, values?: Record<string, number>): Promise<boolean> {
    return this.#putItem(this.#stamped(row), condition, values);
  }

  async #putItem(
    item: LedgerRow | ReviewRow,
    condition: string,
    values?: Record<string, number>,
  ): Promise<boolean> {
    try {
      await this.#client.send(
        new PutCommand({
          TableName: this.#table,
          Item: item,
          ConditionExpression: condition,
          ...(values && { ExpressionAttributeValues: values }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
