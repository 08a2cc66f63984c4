import { isTimeZone, TIME_ZONE_ALLOWED } from 'taskbound-time/time-zone';
import { DeclarationError } from '../../core/shared/errors.ts';
import { ordinarySeconds } from '../../core/windows/fixed-window.ts';
import { CHOICE_MARGIN_SECONDS } from '../../core/windows/window-for.ts';
import { windowRule, type WindowRule } from '../../core/windows/window-rule.ts';

/** Throws `DeclarationError` for times that do not exist, and for a window that is too short for the work. */
export function checkWindow(type: string, rule: WindowRule | undefined, workSeconds: number): void {
  if (rule?.kind !== 'fixed') return;
  const { days, opens, closes, timeZone } = rule;
  const window = `The window of task type ${type}`;
  if (!windowRule.safeParse(rule).success)
    throw new DeclarationError(
      `${window} has the days [${days.join(', ')}] and the hours ${opens} to ${closes}; allowed: at least one day in English, and times such as 22:00. Correct it.`,
    );
  if (!isTimeZone(timeZone))
    throw new DeclarationError(
      `${window} has the time zone ${JSON.stringify(timeZone)}; allowed: ${TIME_ZONE_ALLOWED}. Correct it.`,
    );
  const hasSeconds = ordinarySeconds(rule);
  const needsSeconds = workSeconds + CHOICE_MARGIN_SECONDS;
  if (hasSeconds < needsSeconds)
    throw new DeclarationError(
      `${window} is open from ${opens} to ${closes}, which is ${hasSeconds} s; its work, with the time to issue its access, needs ${needsSeconds} s. Widen the window, or shorten stateTimeout.`,
    );
}
