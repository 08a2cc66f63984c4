import { assertSoon } from './asked-window.ts';
import { MalformedRequest } from 'taskbound-evidence/errors';
import { fixedWindows } from './fixed-window.ts';
import { ISSUE_MARGIN_SECONDS } from './window.ts';
import type { TaskWindow, WindowRule } from './window-rule.ts';

/** More than `Admit` demands a moment later: a window that is chosen here must not be refused there. */
export const CHOICE_MARGIN_SECONDS = 2 * ISSUE_MARGIN_SECONDS;

/**
 * When a task that is asked for now may run; undefined: at any time. Fixed hours give the window that is open, if the work still fits
 * into it, and else the next. One that a request named is taken as it is: whether the work fits is `Admit`'s to say, for the record.
 */
export function windowFor(
  rule: WindowRule | null,
  requested: TaskWindow | undefined,
  nowMs: number,
  workSeconds: number,
): TaskWindow | undefined {
  if (rule?.kind !== 'fixed') return requested && assertSoon(requested, nowMs);
  const needsMs = (workSeconds + CHOICE_MARGIN_SECONDS) * 1000;
  for (const window of fixedWindows(rule, nowMs))
    if (window.closesAtMs - Math.max(nowMs, window.opensAtMs) >= needsMs) return window;
  throw new MalformedRequest(
    `No window of ${rule.opens} to ${rule.closes}, ${rule.timeZone}, leaves ${needsMs / 1000} s for the work in the coming weeks. Change the type's window or its timeouts.`,
  );
}
