import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { signedHead, type ChainedEvent, type SignedHead } from 'taskbound-evidence/chain/evidence';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { readRow } from '../../core/ledger/read-row.ts';
import { DUE } from '../../core/ledger/row-base.ts';
import { chainIn } from 'taskbound-evidence/lookup/lookup';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { REVIEW_OPEN, reviewRow, type ReviewRow } from '../../core/approvals/review.ts';
import type { ClientConfig } from '../caller/client-config.ts';
import { DAY_INDEX, DUE_INDEX, EVIDENCE_KEYS, LEDGER_KEYS, LOOKUP_INDEX } from '../../core/ledger/tables.ts';
import type { Manifest } from '../../core/manifest/manifest.ts';

const DAY_MS = 86_400_000;
const startOfDay = (ms: number): number => ms - (ms % DAY_MS);
/** Index entries per page. Small, so that several pages are the normal case. */
const DUE_PAGE = 100;

/** Reads a stack's ledger and evidence. Only with queries: the cost of a scan grows with the whole history. */
export class StackRecords {
  readonly #documents: DynamoDBDocumentClient;
  readonly #ledger: string;
  readonly #evidence: string;

  constructor(
    config: ClientConfig,
    { ledgerTable, evidenceTable }: Pick<Manifest, 'ledgerTable' | 'evidenceTable'>,
  ) {
    this.#documents = DynamoDBDocumentClient.from(new DynamoDBClient({ ...config }));
    this.#ledger = ledgerTable;
    this.#evidence = evidenceTable;
  }

  async row(boundaryId: string): Promise<LedgerRow | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#ledger, Key: { boundaryId }, ConsistentRead: true }),
    );
    return Item && readRow(Item);
  }

  /** The review of an emergency. */
  async review(reviewId: string): Promise<ReviewRow | undefined> {
    const { Item } = await this.#documents.send(
      new GetCommand({ TableName: this.#ledger, Key: { boundaryId: reviewId }, ConsistentRead: true }),
    );
    return Item && reviewRow.parse(Item);
  }

  /** Undecided reviews, the oldest first. */
  async openReviews(): Promise<ReviewRow[]> {
    const items = await this.#query({
      TableName: this.#ledger,
      IndexName: DUE_INDEX.name,
      KeyConditionExpression: `${DUE_INDEX.partitionKey} = :open`,
      ExpressionAttributeValues: { ':open': REVIEW_OPEN },
    });
    const reviews = await Promise.all(
      items.map((item) => this.review(String(item[LEDGER_KEYS.partitionKey]))),
    );
    return reviews.filter((review) => review !== undefined);
  }

  /** All events of a boundary, in order, and their signed head. */
  async evidence(boundaryId: string): Promise<{ events: ChainedEvent[]; signed?: SignedHead }> {
    const items = await this.#query({
      TableName: this.#evidence,
      KeyConditionExpression: `${EVIDENCE_KEYS.partitionKey} = :boundaryId`,
      ExpressionAttributeValues: { ':boundaryId': boundaryId },
      ConsistentRead: true,
    });
    const { events, head } = chainIn(items);
    return { events, ...(head && { signed: signedHead.parse(head) }) };
  }

  /** All events of a boundary, in order. */
  async events(boundaryId: string): Promise<ChainedEvent[]> {
    return (await this.evidence(boundaryId)).events;
  }

  /** The entries of the look-up index under a key, newest first, at most `limit`. The index is eventually consistent. */
  async lookUp(
    lookup: string,
    limit: number,
  ): Promise<{ readonly boundaryId: string; readonly seq: number }[]> {
    const items = await this.#query(
      {
        TableName: this.#evidence,
        IndexName: LOOKUP_INDEX.name,
        KeyConditionExpression: '#lookup = :lookup',
        ExpressionAttributeNames: { '#lookup': LOOKUP_INDEX.partitionKey },
        ExpressionAttributeValues: { ':lookup': lookup },
        ScanIndexForward: false,
      },
      limit,
    );
    return items.map(({ boundaryId, seq }) => ({ boundaryId: String(boundaryId), seq: Number(seq) }));
  }

  /** Rows of the last `days` days (UTC, today included), newest first. */
  async recent(days: number, nowMs: number): Promise<LedgerRow[]> {
    const rows: LedgerRow[] = [];
    for (let back = 0; back < days; back += 1)
      rows.push(...(await this.#rowsOf(new Date(nowMs - back * DAY_MS).toISOString().slice(0, 10))));
    return rows;
  }

  /** The ids of all boundaries that are not closed or whose leftovers are not removed yet, due or not. */
  async openOrUnswept(): Promise<string[]> {
    const items = await this.#query({
      TableName: this.#ledger,
      IndexName: DUE_INDEX.name,
      KeyConditionExpression: `${DUE_INDEX.partitionKey} = :due`,
      ExpressionAttributeValues: { ':due': DUE },
      Limit: DUE_PAGE,
    });
    return items.map((item) => String(item[LEDGER_KEYS.partitionKey]));
  }

  /** Rows that were written since a time, newest first. The cost depends only on the new rows. */
  async since(fromMs: number, nowMs: number): Promise<LedgerRow[]> {
    const rows: LedgerRow[] = [];
    for (let day = startOfDay(nowMs); day >= startOfDay(fromMs); day -= DAY_MS)
      rows.push(...(await this.#rowsOf(new Date(day).toISOString().slice(0, 10), fromMs)));
    return rows;
  }

  /** Rows of one day (UTC, `2026-11-24`), newest first. Throws `UnreadableRow` when one is invalid. */
  async #rowsOf(day: string, fromMs = 0): Promise<LedgerRow[]> {
    return (await this.#itemsOf(day, fromMs)).map(readRow);
  }

  /** The ids of the rows of one day, at most `limit`. An invalid row does not hide the others. */
  async idsOf(day: string, limit = Infinity): Promise<string[]> {
    return (await this.#itemsOf(day, 0, limit)).map((item) => String(item[LEDGER_KEYS.partitionKey]));
  }

  #itemsOf(day: string, fromMs: number, limit?: number): Promise<Record<string, unknown>[]> {
    const input = {
      TableName: this.#ledger,
      IndexName: DAY_INDEX.name,
      KeyConditionExpression: `#day = :day AND ${DAY_INDEX.sortKey} >= :from`,
      ExpressionAttributeNames: { '#day': DAY_INDEX.partitionKey },
      ExpressionAttributeValues: { ':day': day, ':from': fromMs },
      ScanIndexForward: false,
    };
    return this.#query(input, limit);
  }

  async #query(input: QueryCommandInput, limit = Infinity): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    let from: QueryCommandInput['ExclusiveStartKey'];
    do {
      const page = await this.#documents.send(
        new QueryCommand({
          ...input,
          ...omitUndefined({ ExclusiveStartKey: from }),
        }),
      );
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from !== undefined && items.length < limit);
    return items.slice(0, limit);
  }
}
