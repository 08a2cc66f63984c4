import type * as z from 'zod';
import { canonicalFault } from '../canonical-json/canonical-json-check.ts';
import { EVENT_TYPES, eventEnvelope, evidenceEvent, type EvidenceEvent } from './event.ts';
import { firstProblem } from './problem.ts';

/** Why an event cannot be read as one of the known types. `seq`, `id` and `type` are the event's own, where it has them. */
export interface EventFault {
  /** Position in the list, from 0; absent when there is no list. */
  readonly index?: number;
  readonly seq?: number;
  readonly id?: string;
  /**
   * An event that cannot be read still happened: code that concludes that something did not happen must look for its type here as well.
   */
  readonly type?: string;
  /** Where the event is not as expected: `data.leases.0.deadline`; empty for the event as a whole. */
  readonly path: string;
  readonly problem: string;
}

export type ParsedEvent = { readonly event: EvidenceEvent } | { readonly fault: EventFault };

/** A list of events, each as an event of a known type or as the reason why it is not one. */
export interface ParsedEvents {
  /** One entry for each event, in the order of the list. */
  readonly entries: readonly ParsedEvent[];
  /** The events that can be read, in order. */
  readonly events: readonly EvidenceEvent[];
  readonly faults: readonly EventFault[];
}

const KNOWN: ReadonlySet<string> = new Set(EVENT_TYPES);

const UNKNOWN_TYPE_CHARACTERS = 100;

/**
 * One event of a known type, or why it is not one; never throws. The event is the value that was given, not a copy that a parser made:
 * its hash covers every field, in whichever version it was written.
 */
export function parseEvent(value: unknown): ParsedEvent {
  const fault = problemOf(value);
  // The schema has checked exactly this value; its result would be a copy.
  return fault === undefined ? { event: value as EvidenceEvent } : { fault: { ...namesOf(value), ...fault } };
}

function problemOf(value: unknown): Pick<EventFault, 'path' | 'problem'> | undefined {
  // First: schemas are recursive, and a value may be nested deeper than a stack.
  const odd = canonicalFault(value);
  if (odd !== undefined) return { path: '', problem: odd };
  const envelope = eventEnvelope.safeParse(value);
  if (!envelope.success) return firstProblem(envelope.error);
  if (!KNOWN.has(envelope.data.type)) return unknownType(envelope.data.type);
  const event: z.ZodSafeParseResult<unknown> = evidenceEvent.safeParse(value);
  return event.success ? undefined : firstProblem(event.error);
}

const unknownType = (type: string) => ({
  path: 'type',
  problem: `unknown event type ${JSON.stringify(type.slice(0, UNKNOWN_TYPE_CHARACTERS))}`,
});

function namesOf(value: unknown): Pick<EventFault, 'seq' | 'id' | 'type'> {
  if (typeof value !== 'object' || value === null) return {};
  return {
    ...('seq' in value && typeof value.seq === 'number' && { seq: value.seq }),
    ...('id' in value && typeof value.id === 'string' && { id: value.id }),
    ...('type' in value && typeof value.type === 'string' && { type: value.type }),
  };
}

/** Reads every event of a list. Never throws. */
export function parseEvents(list: unknown): ParsedEvents {
  if (!Array.isArray(list)) {
    const fault = { path: '', problem: 'expected a list of events' };
    return { entries: [], events: [], faults: [fault] };
  }
  const entries = list.map((value, index): ParsedEvent => {
    const parsed = parseEvent(value);
    return 'event' in parsed ? parsed : { fault: { index, ...parsed.fault } };
  });
  return {
    entries,
    events: entries.flatMap((entry) => ('event' in entry ? [entry.event] : [])),
    faults: entries.flatMap((entry) => ('fault' in entry ? [entry.fault] : [])),
  };
}
