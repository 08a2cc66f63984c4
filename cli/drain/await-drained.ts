import { isDeepStrictEqual } from 'node:util';
import type { Clock } from 'taskbound-time/clock';
import { isSafe, type Drain } from '../../core/operations/drain.ts';
import { isEmpty, NOTHING_REMAINING, type Remaining } from './remaining.ts';

const PAUSE_MS = 10_000;

/** What waiting stands on. */
export interface DrainPorts {
  readonly clock: Clock;
  read(before: Remaining): Promise<Remaining>;
  /** Ends what still works; does nothing when tasks are to end by themselves. */
  end(look: Remaining): Promise<void>;
  readMarker(): Promise<Drain | undefined>;
  /** Is told of every look. */
  report(look: Remaining): void;
}

export interface Drained {
  /** Nothing is left, and nothing can come. */
  readonly safe: boolean;
  /** What was seen last. */
  readonly remaining: Remaining;
  /** What refuses new tasks now; undefined when somebody took it away meanwhile. */
  readonly drain: Drain | undefined;
}

/**
 * Looks until nothing is left and nothing can come, or until `untilMs`, or until somebody takes the marker away. `raised` is the marker as
 * it stands now. When it is another one at a later look, tasks may have been taken in between: the time of waiting begins anew.
 */
export async function awaitDrained(raised: Drain, untilMs: number, deps: DrainPorts): Promise<Drained> {
  let drain = raised;
  let refusingSinceMs = deps.clock.nowMs();
  let emptySinceMs: number | undefined;
  let look = NOTHING_REMAINING;
  for (;;) {
    const beganMs = deps.clock.nowMs();
    look = await deps.read(look);
    deps.report(look);
    await deps.end(look);
    const standing = await deps.readMarker();
    if (standing === undefined) return { safe: false, remaining: look, drain: undefined };
    const nowMs = deps.clock.nowMs();
    if (!isDeepStrictEqual(standing, drain)) [drain, refusingSinceMs] = [standing, nowMs];
    if (!isEmpty(look)) emptySinceMs = undefined;
    else if (isSafe({ beganMs, refusingSinceMs, emptySinceMs }))
      return { safe: true, remaining: look, drain };
    else emptySinceMs ??= nowMs;
    if (nowMs >= untilMs) return { safe: false, remaining: look, drain };
    await deps.clock.sleep(Math.min(PAUSE_MS, untilMs - nowMs));
  }
}
