import * as z from 'zod';
import { MalformedRequest } from 'taskbound-evidence/errors';
import type { TaskTypeConfig } from '../task-types/task-type.ts';
import type { TaskWindow, WindowRule } from './window-rule.ts';

const DAY_MS = 86_400_000;
/**
 * How many days ahead a window may open. An execution may wait for at most one year
 * (https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html), but a request that old is
 * hardly still intended.
 */
export const OPENS_WITHIN_DAYS = 90;
/** The maximum length of a window. A longer one would not restrict anything. */
export const OPEN_FOR_DAYS = 31;

/** An instant to the second, with its offset. */
const instant = z.iso.datetime({ offset: true, precision: 0 });

/** The window in a request: when its task may run. */
export const askedWindow = z.strictObject({ opensAt: instant, closesAt: instant });
export type AskedWindow = z.infer<typeof askedWindow>;

export const WINDOW_ALLOWED =
  '{ opensAt, closesAt }, each an instant to the second with its offset, such as 2026-11-23T22:00:00Z';

/** Checks the window of a request against the rule of its type. Throws `MalformedRequest`. */
export function checkWindow(
  asked: AskedWindow | undefined,
  { type, window: rule }: TaskTypeConfig,
): TaskWindow | undefined {
  if (rule?.kind !== 'required') {
    if (asked === undefined) return undefined;
    throw new MalformedRequest(`Field window is given, but ${ruleText(type, rule)}. Remove it.`);
  }
  if (asked === undefined)
    throw new MalformedRequest(
      `Field window is missing; a request for ${type} must contain one: ${WINDOW_ALLOWED}. Add it and submit again.`,
    );
  return validWindow(asked);
}

const ruleText = (type: string, rule: WindowRule | null): string =>
  rule?.kind === 'fixed'
    ? `${type} has fixed hours: ${rule.days.join(', ')} from ${rule.opens} to ${rule.closes}, ${rule.timeZone}`
    : `tasks of ${type} may run at any time`;

function validWindow(asked: AskedWindow): TaskWindow {
  const window = { opensAtMs: Date.parse(asked.opensAt), closesAtMs: Date.parse(asked.closesAt) };
  const openMs = window.closesAtMs - window.opensAtMs;
  const seen = `Field window opens at ${asked.opensAt} and closes at ${asked.closesAt}`;
  if (window.opensAtMs < 0)
    throw new MalformedRequest(`${seen}; a window cannot open before 1970. Correct the request.`);
  if (openMs <= 0) throw new MalformedRequest(`${seen}; it must close after it opens. Correct the request.`);
  if (openMs > OPEN_FOR_DAYS * DAY_MS)
    throw new MalformedRequest(`${seen}; it may be open for at most ${OPEN_FOR_DAYS} days. Shorten it.`);
  return window;
}

/** Throws `MalformedRequest` for a window that opens too far ahead. */
export function assertOpensSoon(window: TaskWindow, nowMs: number): TaskWindow {
  if (window.opensAtMs - nowMs <= OPENS_WITHIN_DAYS * DAY_MS) return window;
  const days = Math.ceil((window.opensAtMs - nowMs) / DAY_MS);
  throw new MalformedRequest(
    `Field window opens in ${days} days; allowed: at most ${OPENS_WITHIN_DAYS} days. Submit the request closer to its time.`,
  );
}
