import { Temporal } from 'temporal-polyfill';
import { WEEKDAYS, type TaskWindow, type WindowRule } from './window-rule.ts';

export type FixedHours = Extract<WindowRule, { kind: 'fixed' }>;

/** Far enough for a weekly window that daylight saving empties once, or twice. */
const HORIZON_DAYS = 31;
/** A window may have opened yesterday; a day more for a time zone that crosses the date line. */
const BACK_DAYS = 2;

/** The windows of a rule that are not over, in the order in which they open. */
export function* fixedWindows(rule: FixedHours, nowMs: number): Generator<TaskWindow> {
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs).toZonedDateTimeISO(rule.timeZone).toPlainDate();
  for (let days = -BACK_DAYS; days <= HORIZON_DAYS; days += 1) {
    const window = windowOn(today.add({ days }), rule);
    if (window !== undefined && nowMs < window.closesAtMs) yield window;
  }
}

/**
 * The window that opens on a day of the time zone's calendar. It opens at the last instant at which the local clock reaches `opens`, and
 * closes at the first one after that at which the clock reaches or passes `closes`: a clock that is put back repeats an hour, and one that is
 * put forward leaves one out, and either way every instant inside has a local time inside. Undefined: the rule leaves the day out, or
 * nothing of the window is left on it.
 */
export function windowOn(day: Temporal.PlainDate, rule: FixedHours): TaskWindow | undefined {
  const weekday = WEEKDAYS[day.dayOfWeek - 1];
  if (weekday === undefined || !rule.days.includes(weekday)) return undefined;
  const closingDay = rule.closes <= rule.opens ? day.add({ days: 1 }) : day;
  const opensAtMs = Math.max(...instantsOf(day, rule.opens, rule.timeZone));
  const later = instantsOf(closingDay, rule.closes, rule.timeZone).filter((ms) => ms > opensAtMs);
  return later.length === 0 ? undefined : { opensAtMs, closesAtMs: Math.min(...later) };
}

/** When a local clock shows a time, milliseconds: once, twice where it is put back; where it skips the time, the moment at which it does. */
function instantsOf(day: Temporal.PlainDate, time: string, timeZone: string): number[] {
  const local = day.toPlainDateTime(Temporal.PlainTime.from(time));
  const earlier = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  if (!earlier.toPlainDateTime().equals(local))
    return [(earlier.getTimeZoneTransition('next') ?? earlier).epochMilliseconds];
  const later = local.toZonedDateTime(timeZone, { disambiguation: 'later' });
  return [earlier.epochMilliseconds, later.epochMilliseconds];
}

/** How long a window of these hours is on a day without a change of the clocks, seconds. */
export function ordinarySeconds({ opens, closes }: FixedHours): number {
  const seconds = Temporal.PlainTime.from(opens).until(Temporal.PlainTime.from(closes)).total('seconds');
  return seconds > 0 ? seconds : seconds + 86_400;
}
