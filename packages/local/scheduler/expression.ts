import { Temporal } from 'temporal-polyfill';
import { atTime, expressionFault } from 'taskbound-time/schedule-expression';
import { cronTimes } from 'taskbound-time/cron';
import { isTimeZone } from 'taskbound-time/time-zone';

/** The times at which a schedule is due. */
export interface Recurrence {
  /**
   * The first time after `afterMs`; undefined when there is none. `createdMs` is when the schedule was
   * created.
   */
  nextMs(afterMs: number, createdMs: number): number | undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
/** Local times that do not exist in the zone are skipped, up to this number, so that the search always ends. */
const MAX_SKIPPED = 1_000;

/**
 * Parses `rate(…)`, `cron(…)` and `at(…)`. Throws a `RangeError` with what is wrong.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function recurrenceOf(expression: string, timeZone: string): Recurrence {
  const fault = expressionFault(expression) ?? timeZoneFault(timeZone);
  if (fault !== undefined) throw new RangeError(fault);
  const everyMs = rateMs(expression);
  if (everyMs !== undefined)
    // A day is always 24 hours, regardless of daylight saving time: same page.
    return {
      nextMs: (afterMs, createdMs) => afterMs + everyMs - modulo(afterMs - createdMs, everyMs),
    };
  const once = atTime(expression);
  return once === undefined ? cron(expression, timeZone) : at(once, timeZone);
}

function rateMs(expression: string): number | undefined {
  const [, count = '', unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const unitMs = UNIT_MS[unit];
  return unitMs === undefined ? undefined : Number(count) * unitMs;
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;

const timeZoneFault = (timeZone: string): string | undefined =>
  isTimeZone(timeZone) ? undefined : `its time zone ${timeZone} is not one of the IANA database`;

/** The instant of a local time: the first of two when clocks go back, undefined when they skip the time. */
function instantMs(wall: Temporal.PlainDateTime, timeZone: string): number | undefined {
  const zoned = wall.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  return zoned.toPlainDateTime().equals(wall) ? zoned.epochMilliseconds : undefined;
}

function at(text: string, timeZone: string): Recurrence {
  const onceMs = instantMs(Temporal.PlainDateTime.from(text), timeZone);
  return { nextMs: (afterMs) => (onceMs !== undefined && onceMs > afterMs ? onceMs : undefined) };
}

/**
 * Local times of a zone. As on AWS, a time that does not exist is skipped, and a time that occurs twice runs
 * once. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
 */
function cron(expression: string, timeZone: string): Recurrence {
  const times = cronTimes(expression);
  return {
    nextMs(afterMs) {
      let wall = Temporal.Instant.fromEpochMilliseconds(afterMs)
        .toZonedDateTimeISO(timeZone)
        .toPlainDateTime();
      for (let skipped = 0; skipped < MAX_SKIPPED; skipped += 1) {
        const next = times.after(wall);
        if (next === undefined) return undefined;
        const ms = instantMs(next, timeZone);
        if (ms !== undefined && ms > afterMs) return ms;
        wall = next;
      }
      return undefined;
    },
  };
}
