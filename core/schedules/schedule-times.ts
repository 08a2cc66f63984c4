import { Temporal } from 'temporal-polyfill';
import { cronTimes } from 'taskbound-time/cron';
import { NotScheduled } from '../shared/errors.ts';
import { toSecond } from './schedule.ts';
import { atTime, cronFields } from 'taskbound-time/schedule-expression';

/**
 * Whether a schedule's expression produces a time, to the second. `cron` and `at` contain local times of the
 * zone, so every instant can be checked. Both instances of an hour that occurs twice count: AWS runs one of
 * the two and does not document which one
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time). A `rate`
 * starts when its schedule is created, at any second. A function cannot find out this time, so no instant can
 * be excluded.
 */
export function isTimeOf(expression: string, timeZone: string, atMs: number): boolean {
  const wall = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDateTime();
  const once = atTime(expression);
  if (once !== undefined) return wall.equals(Temporal.PlainDateTime.from(once));
  if (cronFields(expression) === undefined) return true;
  const next = cronTimes(expression).after(wall.subtract({ seconds: 1 }));
  return next !== undefined && next.equals(wall);
}

/** Throws `NotScheduled` if the schedule, as it is deployed now, has no run at the time. */
export function assertTimeOf(
  schedule: string,
  { expression, timeZone }: { readonly expression: string; readonly timeZone: string },
  forMs: number,
): void {
  if (isTimeOf(expression, timeZone, forMs)) return;
  throw new NotScheduled(
    `The run of ${schedule} is for ${toSecond(forMs)}, which is not a time of ${expression} in ${timeZone}, as deployed now. No task was created. If the schedule was changed and the run is still needed, submit its request manually; otherwise check what invoked the function.`,
  );
}
