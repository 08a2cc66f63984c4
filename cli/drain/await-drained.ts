import { isDeepStrictEqual } from 'node:util';
import type { Clock } from 'taskbound-time/clock';
import { isSafe, type Drain } from '../../core/operations/drain.ts';
import { isEmpty, NOTHING_SEEN, type Look } from './look.ts';

const PAUSE_MS = 10_000;

/** What waiting stands on. */
export interface DrainPorts {
  readonly clock: Clock;
  look(before: Look): Promise<Look>;
  /** Ends what still works; does nothing when tasks are to end by themselves. */
  end(look: Look): Promise<void>;
  marker(): Promise<Drain | undefined>;
  /** Is told of every look. */
  tell(look: Look): void;
}

export interface Drained {
  /** Nothing is left, and nothing can come. */
  readonly safe: boolean;
  /** What was seen last. */
  readonly look: Look;
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
  let look = NOTHING_SEEN;
  for (;;) {
    const beganMs = deps.clock.nowMs();
    look = await deps.look(look);
    deps.tell(look);
    await deps.end(look);
    const standing = await deps.marker();
    if (standing === undefined) return { safe: false, look, drain: undefined };
    const nowMs = deps.clock.nowMs();
    if (!isDeepStrictEqual(standing, drain)) [drain, refusingSinceMs] = [standing, nowMs];
    if (!isEmpty(look)) emptySinceMs = undefined;
    else if (isSafe({ beganMs, refusingSinceMs, emptySinceMs })) return { safe: true, look, drain };
    else emptySinceMs ??= nowMs;
    if (nowMs >= untilMs) return { safe: false, look, drain };
    await deps.clock.sleep(Math.min(PAUSE_MS, untilMs - nowMs));
  }
}
