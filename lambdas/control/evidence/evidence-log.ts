import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from 'taskbound-time/clock';
import { ChainBroken, ChainClosed, LedgerContention } from '../../../core/shared/errors.ts';
import {
  chainEvent,
  SIGNED_HEAD_SEQ,
  signedHead,
  type ChainedEvent,
  type SignedHead,
} from 'taskbound-evidence/chain/evidence';
import type { EventDraft } from 'taskbound-evidence/events/event';
import { chainIn, eventIn, itemOf } from 'taskbound-evidence/lookup/lookup';
import { EVIDENCE_KEYS } from '../../../core/ledger/tables.ts';

const MAX_CONFLICTS = 10;

/** An event, or a function that makes it from the events before it. Its id must not depend on them. */
export type Drafted = EventDraft | ((before: readonly ChainedEvent[]) => EventDraft);

/** The append-only log of evidence. Events are only added; nothing here updates or deletes one. */
export class EvidenceLog {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #clock: Clock;
  constructor(client: DynamoDBDocumentClient, table: string, clock: Clock) {
    this.#client = client;
    this.#table = table;
    this.#clock = clock;
  }

  /** All events of a task in order, read consistently. A task has a few dozen at most. */
  async read(boundaryId: string): Promise<ChainedEvent[]> {
    return (await this.#itemsOf(boundaryId, SIGNED_HEAD_SEQ + 1)).map(eventIn);
  }

  /**
   * The same, with the signed head, which exists once the boundary is closed. Throws `ChainBroken` if its
   * place has something else.
   */
  async readSigned(boundaryId: string): Promise<{ events: ChainedEvent[]; signed?: SignedHead }> {
    const { events, head } = chainIn(await this.#itemsOf(boundaryId, SIGNED_HEAD_SEQ));
    if (head === undefined) return { events };
    const parsed = signedHead.safeParse(head);
    if (parsed.success) return { events, signed: parsed.data };
    throw new ChainBroken(
      `The item in the place of the signature of ${boundaryId} is not a signature. Find out who wrote to the table.`,
    );
  }

  /** Stores the signed head once: no two signatures are equal, and the first one is kept. */
  async putSignedHead(boundaryId: string, signed: SignedHead): Promise<void> {
    await this.#putNew({ boundaryId, seq: SIGNED_HEAD_SEQ, ...signed });
  }

  /** Appends the event to its chain once: if the chain has an event with its id, that event is returned. */
  async append(boundaryId: string, drafted: Drafted): Promise<ChainedEvent> {
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
      const events = await this.read(boundaryId);
      const draft = typeof drafted === 'function' ? drafted(events) : drafted;
      const existing = events.find((event) => event.id === draft.id);
      if (existing) return existing;
      const last = events.at(-1);
      if (last?.type === 'boundary.closed') {
        throw new ChainClosed(
          `The evidence of ${boundaryId} ended at event ${last.seq}; ${draft.type} came too late and is not recorded.`,
        );
      }
      const event = chainEvent(boundaryId, last, draft, this.#clock.nowMs());
      if (await this.#putNew(itemOf(event))) return event;
    }
    throw new LedgerContention(
      `The evidence of ${boundaryId} grew ${MAX_CONFLICTS} times between read and append. It is tried again.`,
    );
  }

  async #itemsOf(boundaryId: string, fromSeq: number): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.#client.send(
        new QueryCommand({
          TableName: this.#table,
          KeyConditionExpression: `${EVIDENCE_KEYS.partitionKey} = :boundaryId AND ${EVIDENCE_KEYS.sortKey} >= :from`,
          ExpressionAttributeValues: { ':boundaryId': boundaryId, ':from': fromSeq },
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start);
    return items;
  }

  async #putNew(item: ChainedEvent | (SignedHead & { boundaryId: string; seq: number })): Promise<boolean> {
    try {
      await this.#client.send(
        new PutCommand({
          TableName: this.#table,
          Item: item,
          ConditionExpression: `attribute_not_exists(${EVIDENCE_KEYS.sortKey})`,
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
