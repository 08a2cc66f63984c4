import type { Clock } from 'taskbound-time/clock';
import { log } from '../control/function/log.ts';

const CONCURRENCY = 10;

export interface Run<T> {
  readonly clock: Clock;
  /** Nothing more is started after this, milliseconds. */
  readonly endMs: number;
  /** Identifies a failed item in the log. */
  readonly nameOf: (item: T) => Readonly<Record<string, unknown>>;
}

/** Calls `act` for each item, some in parallel. A failure is logged and does not stop the others. */
export async function settleAll<T>(
  items: readonly T[],
  act: (item: T) => Promise<unknown>,
  { clock, endMs, nameOf }: Run<T>,
): Promise<{ done: number; failed: number }> {
  const counts = { done: 0, failed: 0 };
  const one = (item: T) =>
    act(item).then(
      () => void (counts.done += 1),
      (error: unknown) => {
        counts.failed += 1;
        log('error', 'reconcile could not look', { ...nameOf(item), error: String(error) });
      },
    );
  for (let at = 0; at < items.length && clock.nowMs() < endMs; at += CONCURRENCY)
    await Promise.all(items.slice(at, at + CONCURRENCY).map(one));
  return counts;
}
