import type { Clock } from 'taskbound-time/clock';
import { DeadlineNear } from './errors.ts';

/** Enough to abort an upload and log a line. At most half of the remaining time is used. */
const TIDY_UP_MS = 5_000;

export interface DeadlineSignal {
  readonly signal: AbortSignal;
  cancel(): void;
}

/** A signal that aborts shortly before the lease's deadline or the function's timeout, whichever is first. */
export function deadlineSignal(clock: Clock, leaseLeftMs: number, functionLeftMs: number): DeadlineSignal {
  const controller = new AbortController();
  const cancelled = new AbortController();
  const leftMs = Math.min(leaseLeftMs, functionLeftMs);
  const which = leaseLeftMs < functionLeftMs ? 'lease' : 'function';
  const waitMs = Math.max(leftMs - TIDY_UP_MS, leftMs / 2);
  const near = () =>
    controller.abort(
      new DeadlineNear(
        `The ${which} ends in ${Math.ceil((leftMs - waitMs) / 1000)} s, ${Math.ceil(leftMs / 1000)} s after the work started. Do less in one task, or give it more time.`,
      ),
    );
  clock.sleep(waitMs, cancelled.signal).then(near, () => undefined);
  return { signal: controller.signal, cancel: () => cancelled.abort() };
}
