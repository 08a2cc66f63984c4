import type { Clock } from 'taskbound-time/clock';
import { log } from '../control/function/log.ts';

const SIDE_BY_SIDE = 10;

export interface Run<T> {
  readonly clock: Clock;
  /** Nothing further is begun after this, milliseconds. */
  readonly endMs: number;
  /** What the log calls one that failed. */
  readonly nameOf: (item: T) => Readonly<Record<string, unknown>>;
}

/** Does something for each, some side by side. One that fails is logged and does not stop the others. */
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
  for (let at = 0; at < items.length && clock.nowMs() < endMs; at += SIDE_BY_SIDE)
    await Promise.all(items.slice(at, at + SIDE_BY_SIDE).map(one));
  return counts;
}
