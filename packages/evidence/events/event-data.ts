import type { EventType, EvidenceEvent } from '../chain/evidence.ts';

/**
 * The value at a path of names in an event's data; undefined when it is not there. A bundle may come from anywhere, so nothing is
 * assumed of the data's form.
 */
export function at(data: unknown, ...path: readonly string[]): unknown {
  let value: unknown = data;
  for (const name of path) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? Reflect.get(value, name)
        : undefined;
  }
  return value;
}

/** A text at a path; undefined for anything else. */
export function textAt(data: unknown, ...path: readonly string[]): string | undefined {
  const value = at(data, ...path);
  return typeof value === 'string' ? value : undefined;
}

/** A number at a path; undefined for anything else. */
export function numberAt(data: unknown, ...path: readonly string[]): number | undefined {
  const value = at(data, ...path);
  return typeof value === 'number' ? value : undefined;
}

/** As events tell times: `2026-11-23T10:00:00Z`, with milliseconds or without. `Date.parse` alone takes `anything 60` for a time. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;

/** A time at a path, milliseconds; not a number for anything else. */
export function timeAt(data: unknown, ...path: readonly string[]): number {
  const text = textAt(data, ...path) ?? '';
  return TIME.test(text) ? Date.parse(text) : NaN;
}

/** A list at a path; empty for anything else. */
export function listAt(data: unknown, ...path: readonly string[]): readonly unknown[] {
  const value = at(data, ...path);
  return Array.isArray(value) ? value : [];
}

/** The fields of an object at a path; none for anything else. */
export function fieldsAt(data: unknown, ...path: readonly string[]): readonly (readonly [string, unknown])[] {
  const value = at(data, ...path);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

export const eventsOf = (events: readonly EvidenceEvent[], type: EventType): EvidenceEvent[] =>
  events.filter((event) => event.type === type);
