import { Cron } from 'croner';
import { Temporal } from 'temporal-polyfill';
import { cronFields } from './schedule-expression.ts';

/** The wall times of a `cron(…)` expression, without any time zone. */
export interface CronTimes {
  after(wall: Temporal.PlainDateTime): Temporal.PlainDateTime | undefined;
}

/** The form must have been checked (packages/time/schedule-expression.ts). Croner finds the times; what time zones make of them is not its part. */
export function cronTimes(expression: string): CronTimes {
  const job = new Cron(patternOf(cronFields(expression) ?? []), {
    mode: '7-part',
    // As if the clocks were UTC's, which skip and repeat nothing.
    timezone: 'UTC',
    // 1 is Sunday, and `0/15` is every fifteenth from 0, as AWS has it.
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

/** Seconds, which AWS has not, and the six fields. `?` says nothing; `L` alone as a day of the week is its last, Saturday. */
function patternOf(fields: readonly string[]): string {
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year] = fields.map((field) =>
    field === '?' ? '*' : field,
  );
  return ['0', minutes, hours, dayOfMonth, month, dayOfWeek === 'L' ? '7' : dayOfWeek, year].join(' ');
}
