import { Temporal } from 'temporal-polyfill';
import { cronTimes } from 'taskbound-time/cron';
import { NotScheduled } from '../shared/errors.ts';
import { toSecond } from './schedule.ts';
import { atTime, cronFields } from 'taskbound-time/schedule-expression';

/**
 * Whether a schedule's expression produces a time, to the second. `cron` and `at` name what the clocks of the zone show, so every instant can
 * be asked. Of an hour that they show twice both count: AWS runs one of the two and does not say which
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time). A `rate` begins when its schedule is made,
 * at any second, which stands nowhere that a function can see: no instant can be ruled out.
 */
export function isTimeOf(expression: string, timeZone: string, atMs: number): boolean {
  const wall = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDateTime();
  const once = atTime(expression);
  if (once !== undefined) return wall.equals(Temporal.PlainDateTime.from(once));
  if (cronFields(expression) === undefined) return true;
  const next = cronTimes(expression).after(wall.subtract({ seconds: 1 }));
  return next !== undefined && next.equals(wall);
}

/** Throws `NotScheduled` when the schedule, as it is deployed now, has no run at the time. */
export function assertTimeOf(
  schedule: string,
  { expression, timeZone }: { readonly expression: string; readonly timeZone: string },
  forMs: number,
): void {
  if (isTimeOf(expression, timeZone, forMs)) return;
  throw new NotScheduled(
    `The run of ${schedule} is for ${toSecond(forMs)}, which is no time of ${expression} in ${timeZone}, as deployed now. No task was made. If the schedule was changed and the run is still wanted, submit its request by hand; otherwise look at what invoked the function.`,
  );
}
