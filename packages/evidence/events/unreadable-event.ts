import { EVENT_TYPES, type EventType } from './event.ts';
import type { EventFault } from './parse-events.ts';

/** An event of a record that cannot be read. It happened, and only its data is unknown. */
export interface UnreadableEvent {
  readonly seq: number;
  readonly type: EventType;
  /** Where its data is not as expected, and how: `data.deadline: expected a UTC time`. May contain text of others. */
  readonly problem: string;
}

const isType = (type: string | undefined): type is EventType => EVENT_TYPES.some((each) => each === type);

/** The faults of events whose envelope is sound, as those of every bundle are. */
export const unreadableEvents = (faults: readonly EventFault[]): UnreadableEvent[] =>
  faults.flatMap((fault) => {
    const { seq, type } = fault;
    return seq !== undefined && isType(type) ? [{ seq, type, problem: problemText(fault) }] : [];
  });

/** Where an event cannot be read, and why: `data.deadline: expected a UTC time`. */
export const problemText = ({ path, problem }: Pick<EventFault, 'path' | 'problem'>): string =>
  path === '' ? problem : `${path}: ${problem}`;

/** `event 3 (identity.issued) cannot be read: …`, in sentences. */
export const unreadableText = ({ seq, type, problem }: UnreadableEvent): string =>
  `event ${seq} (${type}) cannot be read: ${problem}`;
