import type { EvidenceEvent, EventOf, EventType } from './event.ts';
import { parseEvent } from './parse-events.ts';

const isOfType =
  <Type extends EventType>(type: Type) =>
  (event: EvidenceEvent): event is EventOf<Type> =>
    event.type === type;

/** The events of one type, in order. */
export const eventsOfType = <Type extends EventType>(
  events: readonly EvidenceEvent[],
  type: Type,
): EventOf<Type>[] => events.filter(isOfType(type));

/** One event as an event of a type; undefined when it cannot be read as one. */
export function asEventOfType<Type extends EventType>(value: unknown, type: Type): EventOf<Type> | undefined {
  const parsed = parseEvent(value);
  return 'event' in parsed && isOfType(type)(parsed.event) ? parsed.event : undefined;
}
