import { isDeepStrictEqual } from 'node:util';
import type { Clock } from 'taskbound-time/clock';
import { isSafe, type Drain } from '../../core/operations/drain.ts';
import { isEmpty, NOTHING_REMAINING, type Remaining } from './remaining.ts';

const PAUSE_MS = 10_000;

/** What `awaitDrained` reads and calls. */
export interface DrainPorts {
  readonly clock: Clock;
  readRemaining(before: Remaining): Promise<Remaining>;
  /** Stops what still runs; does nothing when tasks are to end by themselves. */
  end(remaining: Remaining): Promise<void>;
  readMarker(): Promise<Drain | undefined>;
  /** Receives every result of `readRemaining`. */
  report(remaining: Remaining): void;
}

export interface Drained {
  /** Nothing remains, and no task can be added. */
  readonly safe: boolean;
  /** What was read last. */
  readonly remaining: Remaining;
  /** The marker now; undefined when it was removed in the meantime. */
  readonly drain: Drain | undefined;
}

/**
 * Reads until nothing remains and no task can be added, or until `untilMs`, or until the marker is removed. `current` is the marker now.
 * If a later read finds another marker, tasks may have been accepted in between, so the waiting time starts again.
 */
export async function awaitDrained(current: Drain, untilMs: number, deps: DrainPorts): Promise<Drained> {
  let drain = current;
  let refusingSinceMs = deps.clock.nowMs();
  let emptySinceMs: number | undefined;
  let remaining = NOTHING_REMAINING;
  for (;;) {
    const beganMs = deps.clock.nowMs();
    remaining = await deps.readRemaining(remaining);
    deps.report(remaining);
    await deps.end(remaining);
    const marker = await deps.readMarker();
    if (marker === undefined) return { safe: false, remaining, drain: undefined };
    const nowMs = deps.clock.nowMs();
    if (!isDeepStrictEqual(marker, drain)) [drain, refusingSinceMs] = [marker, nowMs];
    if (!isEmpty(remaining)) emptySinceMs = undefined;
    else if (isSafe({ beganMs, refusingSinceMs, emptySinceMs })) return { safe: true, remaining, drain };
    else emptySinceMs ??= nowMs;
    if (nowMs >= untilMs) return { safe: false, remaining, drain };
    await deps.clock.sleep(Math.min(PAUSE_MS, untilMs - nowMs));
  }
}
