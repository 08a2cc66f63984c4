import { Cron } from 'croner';
import { Temporal } from 'temporal-polyfill';
import { cronFields } from './schedule-expression.ts';

/** The local times of a `cron(…)` expression, without a time zone. */
export interface CronTimes {
  after(wall: Temporal.PlainDateTime): Temporal.PlainDateTime | undefined;
}

/**
 * The expression must have passed `expressionFault`. Croner finds the local times; callers convert them to
 * instants of a time zone.
 */
export function cronTimes(expression: string): CronTimes {
  const job = new Cron(toCronerPattern(cronFields(expression) ?? []), {
    mode: '7-part',
    // UTC has no daylight saving time, so no local time is skipped or repeated.
    timezone: 'UTC',
    // As on AWS, 1 is Sunday, and `0/15` is every 15th value starting at 0.
    alternativeWeekdays: true,
    sloppyRanges: true,
    paused: true,
  });
  return {
    after(wall) {
      const next = job.nextRun(new Date(wall.toZonedDateTime('UTC').epochMilliseconds));
      if (next === null) return undefined;
      return Temporal.Instant.fromEpochMilliseconds(next.getTime())
        .toZonedDateTimeISO('UTC')
        .toPlainDateTime();
    },
  };
}

/**
 * AWS's six fields, preceded by the seconds that croner expects. `?` matches every value. `L` alone as day of
 * the week is the last one, Saturday.
 */
function toCronerPattern(fields: readonly string[]): string {
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields.map((field) =>
    field === '?' ? '*' : field,
  );
  return ['0', minutes, hours, dayOfMonth, month, dayOfWeek === 'L' ? '7' : dayOfWeek, year].join(' ');
}
