import { Temporal } from 'temporal-polyfill';
import { WEEKDAYS, type TaskWindow, type WindowRule } from './window-rule.ts';

export type FixedHours = Extract<WindowRule, { kind: 'fixed' }>;

/** Long enough for a weekly window, even if daylight saving time removes it once or twice. */
const HORIZON_DAYS = 31;
/** A window may have opened yesterday. One more day is for a time zone that crosses the date line. */
const BACK_DAYS = 2;

/** The windows of a rule that have not closed yet, in the order in which they open. */
export function* fixedWindows(rule: FixedHours, nowMs: number): Generator<TaskWindow> {
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(rule.timeZone).toPlainDate();
  for (let days = -BACK_DAYS; days <= HORIZON_DAYS; days += 1) {
    const window = windowOn(today.add({ days }), rule);
    if (window !== undefined && nowMs < window.closesAtMs) yield window;
  }
}

/**
 * The window that opens on a day of the time zone's calendar. It opens at the last instant at which the local
 * time reaches `opens`, and closes at the first later instant at which it reaches or passes `closes`. A clock
 * that is set back repeats an hour, and a clock that is set forward skips one; in both cases, every instant
 * inside the window has a local time inside the hours. Undefined if the rule does not contain the day, or if
 * nothing of the window remains on it.
 */
export function windowOn(day: Temporal.PlainDate, rule: FixedHours): TaskWindow | undefined {
  const weekday = WEEKDAYS[day.dayOfWeek - 1];
  if (weekday === undefined || !rule.days.includes(weekday)) return undefined;
  const closingDay = rule.closes <= rule.opens ? day.add({ days: 1 }) : day;
  const opensAtMs = Math.max(...instantsOf(day, rule.opens, rule.timeZone));
  const later = instantsOf(closingDay, rule.closes, rule.timeZone).filter((ms) => ms > opensAtMs);
  return later.length === 0 ? undefined : { opensAtMs, closesAtMs: Math.min(...later) };
}

/**
 * The instants of a local time, milliseconds: one, or two if the clock is set back. If the clock skips the
 * time, the instant of the change.
 */
function instantsOf(day: Temporal.PlainDate, time: string, timeZone: string): number[] {
  const local = day.toPlainDateTime(Temporal.PlainTime.from(time));
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  if (!earlier.toPlainDateTime().equals(local))
    return [(earlier.getTimeZoneTransition('next') ?? earlier).epochMilliseconds];
  const later = local.toZonedDateTime(timeZone, { disambiguation: 'later' });
  return [earlier.epochMilliseconds, later.epochMilliseconds];
}

/** The length of a window on a day without a clock change, seconds. */
export function ordinarySeconds({ opens, closes }: FixedHours): number {
  const seconds = Temporal.PlainTime.from(opens).until(Temporal.PlainTime.from(closes)).total('seconds');
  return seconds > 0 ? seconds : seconds + 86_400;
}
