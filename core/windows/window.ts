import { deadlineText } from '../grants/session-policy.ts';
import type { TaskWindow } from './window-rule.ts';

/**
 * The maximum time of the steps from `Admit` to the work, seconds. A window must have room for it in addition
 * to the work.
 */
export const ISSUE_MARGIN_SECONDS = 30;

/** The state of a task's window. A task can wait while it is `early`; `over` is final. */
export type WindowState =
  | { readonly is: 'open' }
  | { readonly is: 'early'; readonly because: string }
  | { readonly is: 'over'; readonly because: string };

/**
 * Whether work that needs `needsSeconds` may start now. If it does not fit, the window is `over` even before
 * it opens, so no task waits only to be refused. A task without a window may run at any time.
 */
export function windowState(
  window: TaskWindow | undefined,
  nowMs: number,
  needsSeconds: number,
): WindowState {
  if (window === undefined) return { is: 'open' };
  const { opensAtMs, closesAtMs } = window;
  const closes = deadlineText(closesAtMs);
  if (nowMs >= closesAtMs)
    return { is: 'over', because: `its window closed at ${closes}; it is ${deadlineText(nowMs)} now` };
  const leftSeconds = (closesAtMs - Math.max(nowMs, opensAtMs)) / 1000;
  if (leftSeconds < needsSeconds) {
    const left = `${Math.floor(leftSeconds)} s before it closes at ${closes}`;
    return { is: 'over', because: `its window leaves ${left}; the work needs ${needsSeconds} s` };
  }
  if (nowMs >= opensAtMs) return { is: 'open' };
  return {
    is: 'early',
    because: `its window opens at ${deadlineText(opensAtMs)}; it is ${deadlineText(nowMs)} now`,
  };
}

/** The minimum wait, if this clock is behind the clock of the state machine. */
const ASK_AGAIN_MS = 1000;

/** The time until which a task waits for its window, ISO 8601. Null if it does not need to wait. */
export const waitUntil = (window: TaskWindow | undefined, nowMs: number): string | null =>
  window === undefined || nowMs >= window.opensAtMs
    ? null
    : new Date(Math.max(window.opensAtMs, nowMs + ASK_AGAIN_MS)).toISOString();
