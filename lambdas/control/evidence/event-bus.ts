import { PutEventsCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE, type BusEvent } from '../../../core/operations/bus-events.ts';
import type { Clock } from 'taskbound-time/clock';
import { NotAnnounced } from '../../../core/shared/errors.ts';
import { log } from '../function/log.ts';
import { withTimeout } from '../function/with-timeout.ts';

/** How long anything of ours waits for EventBridge, milliseconds, its client's own retries included: news must not hold up a teardown. */
const ANSWER_MS = 3000;

/** The account's default event bus: only what is put there as `taskbound`, which is all that IAM allows. */
export class EventBus {
  readonly #client: EventBridgeClient;
  readonly #clock: Clock;
  constructor(client: EventBridgeClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** When the bus took the event, milliseconds. Throws `NotAnnounced` when it did not, or gave no answer in time: then it may have. */
  async put({ detailType, detail }: BusEvent): Promise<number> {
    const entry = { Source: EVENT_SOURCE, DetailType: detailType, Detail: JSON.stringify(detail) };
    const { Entries = [], FailedEntryCount } = await withTimeout(this.#clock, ANSWER_MS, (abortSignal) =>
      this.#client.send(new PutEventsCommand({ Entries: [entry] }), { abortSignal }),
    ).catch((error: Error) => {
      throw notAnnounced(detailType, `${error.name}: ${error.message}`);
    });
    // An entry can be refused in an answer that says OK: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
    if (FailedEntryCount !== 0) {
      const [{ ErrorCode, ErrorMessage } = {}] = Entries;
      throw notAnnounced(detailType, `${ErrorCode ?? 'no reason given'}: ${ErrorMessage ?? ''}`);
    }
    return this.#clock.nowMs();
  }

  /** The same where nothing may fail for it: undefined when the bus did not take it, which is logged. */
  async tryPut(event: BusEvent): Promise<number | undefined> {
    try {
      return await this.put(event);
    } catch (error) {
      if (!(error instanceof NotAnnounced)) throw error;
      log('warn', 'not announced yet', { boundaryId: event.detail.boundaryId, error: error.message });
      return undefined;
    }
  }
}

const notAnnounced = (detailType: string, because: string): NotAnnounced =>
  new NotAnnounced(`EventBridge did not take ${detailType}: ${because}. It is put again by reconcile.`);
