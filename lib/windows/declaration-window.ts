import { DeclarationError } from '../../core/shared/errors.ts';
import { ordinarySeconds } from '../../core/windows/fixed-window.ts';
import { isTimeZone, TIME_ZONE_ALLOWED } from 'taskbound-time/time-zone';
import { CHOICE_MARGIN_SECONDS } from '../../core/windows/window-for.ts';
import { windowRule, type WindowRule } from '../../core/windows/window-rule.ts';

/** Throws `DeclarationError` for hours that no clock shows, or in which the work never fits. */
export function checkWindow(type: string, rule: WindowRule | undefined, workSeconds: number): void {
  if (rule?.kind !== 'fixed') return;
  const { days, opens, closes, timeZone } = rule;
  const seen = `The window of task type ${type}`;
  if (!windowRule.safeParse(rule).success)
    throw new DeclarationError(
      `${seen} has the days [${days.join(', ')}] and the hours ${opens} to ${closes}; allowed: at least one day in English, and times such as 22:00. Correct it.`,
    );
  if (!isTimeZone(timeZone))
    throw new DeclarationError(
      `${seen} has the time zone ${JSON.stringify(timeZone)}; allowed: ${TIME_ZONE_ALLOWED}. Correct it.`,
    );
  const [hasSeconds, needsSeconds] = [ordinarySeconds(rule), workSeconds + CHOICE_MARGIN_SECONDS];
  if (hasSeconds < needsSeconds)
    throw new DeclarationError(
      `${seen} is open from ${opens} to ${closes}, which is ${hasSeconds} s; its work needs ${needsSeconds} s with what is issued for it. Widen the window, or shorten stateTimeout.`,
    );
}
