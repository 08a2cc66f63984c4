import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand, QueryCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../../core/clock.ts';
import { ChainClosed, LedgerContention } from '../../core/errors.ts';
import { chainEvent, evidenceEvent, type EventDraft, type EvidenceEvent } from '../../core/evidence.ts';

const MAX_CONFLICTS = 10;

/** An event, or how it is made from those that stand before it: its id must not depend on them. */
export type Drafted = EventDraft | ((before: readonly EvidenceEvent[]) => EventDraft);

/** The append-only log of evidence. Events are put where none stands; nothing here updates or deletes. */
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
  async read(boundaryId: string): Promise<EvidenceEvent[]> {
    const events: EvidenceEvent[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.#client.send(
        new QueryCommand({
          TableName: this.#table,
          KeyConditionExpression: 'boundaryId = :boundaryId',
          ExpressionAttributeValues: { ':boundaryId': boundaryId },
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      events.push(...(page.Items ?? []).map((item) => evidenceEvent.parse(item)));
      start = page.LastEvaluatedKey;
    } while (start);
    return events;
  }

  /** Puts the event at the end of its chain, once: an event whose id stands already is returned as it stands. */
  async append(boundaryId: string, drafted: Drafted): Promise<EvidenceEvent> {
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
      const events = await this.read(boundaryId);
      const draft = typeof drafted === 'function' ? drafted(events) : drafted;
      const standing = events.find((event) => event.id === draft.id);
      if (standing) return standing;
      const last = events.at(-1);
      if (last?.type === 'boundary.closed') {
        throw new ChainClosed(
          `The evidence of ${boundaryId} ended at event ${last.seq}; ${draft.type} came too late and is not recorded.`,
        );
      }
      const event = chainEvent(boundaryId, last, draft, this.#clock.nowMs());
      if (await this.#putNew(event)) return event;
    }
    throw new LedgerContention(
      `The evidence of ${boundaryId} grew ${MAX_CONFLICTS} times between read and append. It is tried again.`,
    );
  }

  async #putNew(event: EvidenceEvent): Promise<boolean> {
    try {
      await this.#client.send(
        new PutCommand({
          TableName: this.#table,
          Item: event,
          ConditionExpression: 'attribute_not_exists(seq)',
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }
}
