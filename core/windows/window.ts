import { deadlineText } from '../grants/session-policy.ts';
import type { TaskWindow } from './window-rule.ts';

/** What the steps from `Admit` to the work may take, seconds: a window must leave room for it besides the work. */
export const ISSUE_MARGIN_SECONDS = 30;

/** How a task's window stands at a moment. `early` passes by waiting; `over` never does. */
export type WindowState =
  | { readonly is: 'open' }
  | { readonly is: 'early'; readonly because: string }
  | { readonly is: 'over'; readonly because: string };

/**
 * Whether something that needs so many seconds may begin now. What cannot fit any more is over even before the window opens: nobody
 * should wait for a refusal. A task without a window may run at any time.
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

/** A clock that is behind the state machine's is asked again no sooner than this. */
const ASK_AGAIN_MS = 1000;

/** Until when a task waits for its window, ISO 8601; null when it need not. */
export const waitUntil = (window: TaskWindow | undefined, nowMs: number): string | null =>
  window === undefined || nowMs >= window.opensAtMs
    ? null
    : new Date(Math.max(window.opensAtMs, nowMs + ASK_AGAIN_MS)).toISOString();
