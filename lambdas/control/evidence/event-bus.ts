import { PutEventsCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE, type BusEvent } from '../../../core/operations/bus-events.ts';
import type { Clock } from 'taskbound-time/clock';
import { NotAnnounced } from '../../../core/shared/errors.ts';
import { log } from '../function/log.ts';
import { withTimeout } from '../function/with-timeout.ts';

/**
 * How long a function waits for EventBridge, milliseconds, retries of the client included: an event must not
 * delay a teardown.
 */
const ANSWER_MS = 3000;

/** The account's default event bus. IAM allows only events with the source `taskbound`. */
export class EventBus {
  readonly #client: EventBridgeClient;
  readonly #clock: Clock;
  constructor(client: EventBridgeClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /**
   * When the bus accepted the event, milliseconds. Throws `NotAnnounced` when it did not, or did not answer
   * in time: then it may have.
   */
  async put({ detailType, detail }: BusEvent): Promise<number> {
    const entry = { Source: EVENT_SOURCE, DetailType: detailType, Detail: JSON.stringify(detail) };
    const { Entries = [], FailedEntryCount } = await withTimeout(this.#clock, ANSWER_MS, (abortSignal) =>
      this.#client.send(new PutEventsCommand({ Entries: [entry] }), { abortSignal }),
    ).catch((error: Error) => {
      throw notAnnounced(detailType, `${error.name}: ${error.message}`);
    });
    // An entry can be refused in a response with status 200:
    // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
    if (FailedEntryCount !== 0) {
      const [{ ErrorCode, ErrorMessage } = {}] = Entries;
      throw notAnnounced(detailType, `${ErrorCode ?? 'no reason given'}: ${ErrorMessage ?? ''}`);
    }
    return this.#clock.nowMs();
  }

  /** Does not throw `NotAnnounced`: logs it, and returns undefined. */
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
  new NotAnnounced(`EventBridge did not accept ${detailType}: ${because}. Reconcile puts it again.`);
