import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import type { Clock } from 'taskbound-time/clock';
import { MAX_HISTORY_EVENTS } from '../limits.ts';
import { InterpreterStopped, StateError } from './state-error.ts';

export type EventDetails = Omit<HistoryEvent, 'id' | 'previousEventId' | 'timestamp' | 'type'>;

const NOT_TRUNCATED = { truncated: false } as const;

/** A JSON value as event details contain it: as text. */
export function inputDetail(value: unknown): {
  readonly input: string;
  readonly inputDetails: typeof NOT_TRUNCATED;
} {
  return { input: JSON.stringify(value), inputDetails: NOT_TRUNCATED };
}

export function outputDetail(value: unknown): {
  readonly output: string;
  readonly outputDetails: typeof NOT_TRUNCATED;
} {
  return { output: JSON.stringify(value), outputDetails: NOT_TRUNCATED };
}

export function assignDetail(assigned: Readonly<Record<string, unknown>>): object {
  const names = Object.keys(assigned);
  if (names.length === 0) return {};
  const assignedVariables = Object.fromEntries(names.map((name) => [name, JSON.stringify(assigned[name])]));
  return { assignedVariables, assignedVariablesDetails: NOT_TRUNCATED };
}

/**
 * The events of an execution, as GetExecutionHistory returns them:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
export class History {
  readonly events: HistoryEvent[];
  readonly #clock: Clock;
  readonly #onEvent: (event: HistoryEvent) => void;
  #closed = false;

  /**
   * @param earlier The events before a redrive. They are copied, so that the ended attempt keeps its own
   * history.
   */
  constructor(clock: Clock, onEvent: (event: HistoryEvent) => void, earlier: readonly HistoryEvent[] = []) {
    this.events = [...earlier];
    this.#clock = clock;
    this.#onEvent = onEvent;
  }

  get lastId(): number {
    return this.events.length;
  }

  /**
   * Appends an event and returns its id. The last place is reserved for the event that ends the execution.
   * Throws `States.Runtime`, which cannot be caught, when only that place is left, and `InterpreterStopped`
   * when the execution has ended.
   */
  append(type: HistoryEventType, details: EventDetails = {}, previousEventId = this.lastId): number {
    if (this.#closed) throw new InterpreterStopped();
    if (this.events.length >= MAX_HISTORY_EVENTS - 1) {
      throw new StateError(
        'States.Runtime',
        `The execution reached the maximum number of history events (${MAX_HISTORY_EVENTS}).`,
      );
    }
    return this.#push(type, details, previousEventId);
  }

  /** Appends the event that ends the execution. It is the last event. */
  close(type: HistoryEventType, details: EventDetails, previousEventId = this.lastId): void {
    if (this.#closed) throw new InterpreterStopped();
    this.#closed = true;
    this.#push(type, details, previousEventId);
  }

  #push(type: HistoryEventType, details: EventDetails, previousEventId: number): number {
    const id = this.events.length + 1;
    const event: HistoryEvent = {
      id,
      previousEventId,
      timestamp: new Date(this.#clock.nowMs()),
      type,
      ...details,
    };
    this.events.push(event);
    this.#onEvent(event);
    return id;
  }
}
