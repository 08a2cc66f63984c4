import * as z from 'zod';
import { MalformedRequest } from 'taskbound-evidence/errors';
import type { TaskTypeConfig } from '../task-types/task-type.ts';
import type { TaskWindow, WindowRule } from './window-rule.ts';

const DAY_MS = 86_400_000;
/**
 * How far ahead a window may open. An execution that waits lasts a year at most:
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html. Nobody means what they asked for so long ago.
 */
export const OPENS_WITHIN_DAYS = 90;
/** A longer one is no window any more. */
export const OPEN_FOR_DAYS = 31;

/** An instant to the second, with its offset. */
const instant = z.iso.datetime({ offset: true, precision: 0 });

/** When a request's task may run, in the requester's words. */
export const askedWindow = z.strictObject({ opensAt: instant, closesAt: instant });
export type AskedWindow = z.infer<typeof askedWindow>;

export const WINDOW_ALLOWED =
  '{ opensAt, closesAt }, each an instant to the second with its offset, such as 2026-11-23T22:00:00Z';

/** The window that a request brings, checked against what its type takes. Throws `MalformedRequest`. */
export function checkWindow(
  asked: AskedWindow | undefined,
  { type, window: rule }: TaskTypeConfig,
): TaskWindow | undefined {
  if (rule?.kind !== 'required') {
    if (asked === undefined) return undefined;
    throw new MalformedRequest(`Field window is given, but ${ruleWords(type, rule)}. Remove it.`);
  }
  if (asked === undefined)
    throw new MalformedRequest(
      `Field window is missing; a request for ${type} names its own: ${WINDOW_ALLOWED}. Add it and submit again.`,
    );
  return ordered(asked);
}

const ruleWords = (type: string, rule: WindowRule | null): string =>
  rule?.kind === 'fixed'
    ? `${type} has fixed hours: ${rule.days.join(', ')} from ${rule.opens} to ${rule.closes}, ${rule.timeZone}`
    : `tasks of ${type} may run at any time`;

function ordered(asked: AskedWindow): TaskWindow {
  const window = { opensAtMs: Date.parse(asked.opensAt), closesAtMs: Date.parse(asked.closesAt) };
  const openMs = window.closesAtMs - window.opensAtMs;
  const seen = `Field window opens at ${asked.opensAt} and closes at ${asked.closesAt}`;
  if (window.opensAtMs < 0)
    throw new MalformedRequest(`${seen}; no window opens before 1970. Correct the request.`);
  if (openMs <= 0) throw new MalformedRequest(`${seen}; it must close after it opens. Correct the request.`);
  if (openMs > OPEN_FOR_DAYS * DAY_MS)
    throw new MalformedRequest(`${seen}; it may be open for ${OPEN_FOR_DAYS} days at most. Shorten it.`);
  return window;
}

/** Throws `MalformedRequest` for a window that opens too far ahead. */
export function assertSoon(window: TaskWindow, nowMs: number): TaskWindow {
  if (window.opensAtMs - nowMs <= OPENS_WITHIN_DAYS * DAY_MS) return window;
  const days = Math.ceil((window.opensAtMs - nowMs) / DAY_MS);
  throw new MalformedRequest(
    `Field window opens in ${days} days; allowed: ${OPENS_WITHIN_DAYS} days at most. Submit the request nearer to its time.`,
  );
}
