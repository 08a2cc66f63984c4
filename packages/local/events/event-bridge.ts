import { serviceCaller } from '../sts/sts.ts';
import type { Call } from '../gateway/service.ts';
import { JsonService, operation } from '../gateway/wire/json-service.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import { Deliverer, type DelivererParts, type Delivery, type FailedDelivery } from './delivery.ts';
import { type EventPattern, matchesPattern } from './pattern.ts';
import { type Entry, PutEventsInput, authorizeEntries, eventOf } from './put-events.ts';
import type { RetryPolicy } from './retry.ts';
import { type TargetInput, targetPayload } from './target-input.ts';
import type { BusEvent } from './types.ts';

export interface RuleTarget {
  readonly id: string;
  readonly functionArn: string;
  readonly input: TargetInput;
  readonly retry: RetryPolicy;
  readonly deadLetterArn?: string;
}

/** A rule of the default bus. */
export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly enabled: boolean;
  readonly pattern: EventPattern;
  readonly targets: readonly RuleTarget[];
}

/** The rule and function that an event is delivered to. */
interface Destination {
  readonly ruleName: string;
  readonly functionArn: string;
}

/**
 * The delays of an event's deliveries, in milliseconds: one delivery for each number. An empty list loses the
 * event.
 */
export type EventDelivery = (event: BusEvent, destination: Destination) => readonly number[];

/**
 * EventBridge's default bus: PutEvents, and rules that invoke functions. Delivers asynchronously, on the
 * embedded clock.
 */
export class EventBridge extends JsonService {
  /** The events that PutEvents accepted, in order. */
  readonly published: BusEvent[] = [];
  /** To inject faults: EventBridge may lose, delay and repeat events. @default [0], once and immediately */
  delivery: EventDelivery = () => [0];
  readonly #parts: DelivererParts;
  readonly #deliverer: Deliverer;
  readonly #rules = new Map<string, Rule>();

  constructor(parts: DelivererParts) {
    super('events', '1.1', {
      PutEvents: operation(PutEventsInput, ({ Entries }, call) => this.#putEvents(Entries, call)),
    });
    this.#parts = parts;
    this.#deliverer = new Deliverer(parts);
  }

  /** Adds or replaces a rule. */
  putRule(rule: Rule): void {
    this.#rules.set(rule.arn, rule);
  }

  removeRule(arn: string): void {
    this.#rules.delete(arn);
  }

  rules(): readonly Rule[] {
    return [...this.#rules.values()];
  }

  /** Deliveries that failed, whether or not they are in the dead-letter queue. */
  get failures(): readonly FailedDelivery[] {
    return this.#deliverer.failures;
  }

  /**
   * Puts an event of an AWS service on the bus. Without rules no event is made, because making one draws an
   * id.
   */
  emit(make: (id: string, atMs: number) => BusEvent): void {
    if (this.#rules.size === 0) return;
    const { ids, clock } = this.#parts;
    this.#route(make(ids.uuid(), clock.nowMs()));
  }

  #putEvents(entries: readonly Entry[], call: Call): object {
    call.record({
      requestParameters: {
        entries: entries.map(({ Source, DetailType }) => ({ source: Source, detailType: DetailType })),
      },
      readOnly: false,
    });
    authorizeEntries(entries, call);
    const results = entries.map((entry) => {
      const event = eventOf(entry, this.#parts.ids.uuid(), call.atMs);
      if ('ErrorCode' in event) return event;
      this.published.push(event);
      this.#route(event);
      return { EventId: event.id };
    });
    return {
      FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length,
      Entries: results,
    };
  }

  #route(event: BusEvent): void {
    for (const rule of this.#rules.values()) {
      if (!rule.enabled || !matchesPattern(rule.pattern, { ...event })) continue;
      for (const target of rule.targets) this.#send(event, rule, target);
    }
  }

  #send(event: BusEvent, rule: Rule, target: RuleTarget): void {
    const { functionArn } = target;
    for (const delayMs of this.delivery(event, { ruleName: rule.name, functionArn }))
      this.#parts.clock.setTimer(delayMs, () => void this.#deliver(event, rule, target));
  }

  async #deliver(event: BusEvent, rule: Rule, target: RuleTarget): Promise<void> {
    const { functionArn, retry, deadLetterArn } = target;
    const delivery: Omit<Delivery, 'payload'> = {
      functionArn,
      retry,
      caller: () => serviceCaller('events.amazonaws.com', rule.arn),
      letter: { body: JSON.stringify(event), attributes: { RULE_ARN: rule.arn } },
      ...omitUndefined({ deadLetterArn }),
    };
    const payload = payloadOf(target, event, rule);
    if (payload === undefined)
      return this.#deliverer.refuse(
        { ...delivery, payload: '' },
        'INVALID_JSON',
        `The input template of rule ${rule.name} does not produce JSON for event ${event.id}.`,
      );
    await this.#deliverer.deliver({ ...delivery, payload });
  }
}

function payloadOf({ input }: RuleTarget, event: BusEvent, rule: Rule): string | undefined {
  try {
    return targetPayload(input, event, rule);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
