import { assertOpensSoon } from './asked-window.ts';
import { MalformedRequest } from 'taskbound-evidence/errors';
import { fixedWindows } from './fixed-window.ts';
import { ISSUE_MARGIN_SECONDS } from './window.ts';
import type { TaskWindow, WindowRule } from './window-rule.ts';

/** Larger than the margin that `Admit` requires shortly after, so `Admit` does not refuse a window that was chosen here. */
export const CHOICE_MARGIN_SECONDS = 2 * ISSUE_MARGIN_SECONDS;

/**
 * The window of a task that is requested now, or undefined if it may run at any time. With fixed hours, this is
 * the first window that still leaves enough time for the work. A window that the request contains is not
 * changed: `Admit` decides whether the work fits, so that a refusal is recorded.
 */
export function windowFor(
  rule: WindowRule | null,
  requested: TaskWindow | undefined,
  nowMs: number,
  workSeconds: number,
): TaskWindow | undefined {
  if (rule?.kind !== 'fixed') return requested && assertOpensSoon(requested, nowMs);
  const needsMs = (workSeconds + CHOICE_MARGIN_SECONDS) * 1000;
  for (const window of fixedWindows(rule, nowMs))
    if (window.closesAtMs - Math.max(nowMs, window.opensAtMs) >= needsMs) return window;
  throw new MalformedRequest(
    `In the coming weeks, no window of ${rule.opens} to ${rule.closes}, ${rule.timeZone}, leaves ${needsMs / 1000} s for the work. Change the type's window or its timeouts.`,
  );
}
