import type * as z from 'zod';
import { canonicalFault } from '../canonical-json/canonical-json-check.ts';
import { EVENT_TYPES, eventEnvelope, evidenceEvent, type EvidenceEvent } from './event.ts';
import { firstProblem } from './problem.ts';

/** Why an event cannot be read as one of the known types. */
export interface EventFault {
  /** Position in the list, from 0; absent when there is no list. */
  readonly index?: number;
  /** As the event has it, where it is a text. */
  readonly id?: string;
  /**
   * As the event has it, where it is a text. An event that cannot be read still happened: whoever concludes that something did not, must
   * look for its type here as well.
   */
  readonly type?: string;
  /** Where the event is not as expected: `data.leases.0.deadline`; empty for the event as a whole. */
  readonly path: string;
  readonly problem: string;
}

export type ParsedEvent = { readonly event: EvidenceEvent } | { readonly fault: EventFault };

const KNOWN: ReadonlySet<string> = new Set(EVENT_TYPES);

const UNKNOWN_TYPE_CHARACTERS = 100;

/**
 * One event of a known type, or what is wrong with it; never throws. The event is the value that was given, not a copy that a parser made:
 * its hash covers every field, in whichever version it was written.
 */
export function parseEvent(value: unknown): ParsedEvent {
  const fault = problemOf(value);
  // The schema has checked exactly this; its result would be a copy.
  return fault === undefined ? { event: value as EvidenceEvent } : { fault: { ...namesOf(value), ...fault } };
}

function problemOf(value: unknown): Pick<EventFault, 'path' | 'problem'> | undefined {
  // First of all: schemas call themselves for what is nested, and a value may nest deeper than a stack.
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

function namesOf(value: unknown): Pick<EventFault, 'id' | 'type'> {
  if (typeof value !== 'object' || value === null) return {};
  return {
    ...('id' in value && typeof value.id === 'string' && { id: value.id }),
    ...('type' in value && typeof value.type === 'string' && { type: value.type }),
  };
}

/** All events of a list that can be read, in order, and what is wrong with the others. Never throws. */
export function parseEvents(list: unknown): {
  readonly events: EvidenceEvent[];
  readonly faults: EventFault[];
} {
  if (!Array.isArray(list))
    return { events: [], faults: [{ path: '', problem: 'expected a list of events' }] };
  const events: EvidenceEvent[] = [];
  const faults: EventFault[] = [];
  for (const [index, value] of list.entries()) {
    const parsed = parseEvent(value);
    if ('event' in parsed) events.push(parsed.event);
    else faults.push({ index, ...parsed.fault });
  }
  return { events, faults };
}
