import type { IConstruct } from 'constructs';
import { errorMessage } from 'taskbound-evidence/describe-error';
import { expressionFault } from 'taskbound-time/schedule-expression';
import { isTimeZone, TIME_ZONE_ALLOWED } from 'taskbound-time/time-zone';
import { REASON_CHARACTERS } from '../../core/requests/reason.ts';
import { fillParameters } from '../../core/schedules/schedule-parameters.ts';
import { SCHEDULE_NAME } from '../../core/schedules/schedule.ts';
import { DeclarationError } from '../../core/shared/errors.ts';
import { checkParameters, type Parameters } from '../../core/task-types/parameters.ts';
import type { TaskTypeConfig } from '../../core/task-types/task-type.ts';
import { checkSessionPolicy } from '../task-role/check-session-policy.ts';
import type { ScheduleProps } from './task-schedule.ts';

/** Two dates that differ in every digit that can differ: they reveal parameters that are allowed only on some days. */
const SAMPLES_MS = [Date.UTC(2026, 0, 2, 3, 4), Date.UTC(2031, 10, 28, 19, 55)];

/** Throws `DeclarationError` for the first reason for which a run would be refused, or AWS would not accept the schedule. */
export function checkSchedule(
  scope: IConstruct,
  name: string,
  props: ScheduleProps,
  config: TaskTypeConfig,
): void {
  const fault = faultOf(name, props, config);
  if (fault !== undefined) refuse(name, config, fault);
  for (const atMs of SAMPLES_MS)
    checkSessionPolicy(scope, { config, parameters: parametersAt(atMs, name, props, config) });
}

function faultOf(name: string, props: ScheduleProps, { window }: TaskTypeConfig): string | undefined {
  const { expression, timeZone, reason = 'none' } = props;
  if (!SCHEDULE_NAME.test(name)) return `is not a name (${SCHEDULE_NAME.source}). Rename it.`;
  if (window?.kind === 'required')
    return 'cannot name a window for each of its tasks, which the type requires (MaintenanceWindow.required). Give the type a fixed window.';
  const fault = expressionFault(expression);
  if (fault !== undefined)
    return `has the expression ${JSON.stringify(expression)}: ${fault}. See https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html.`;
  if (!isTimeZone(timeZone))
    return `has the time zone ${JSON.stringify(timeZone)}; allowed: ${TIME_ZONE_ALLOWED}. Correct it.`;
  if (reason.length < 1 || reason.length > REASON_CHARACTERS)
    return `has a reason of ${reason.length} characters; allowed: 1 to ${REASON_CHARACTERS}. Shorten it.`;
  return undefined;
}

function parametersAt(
  atMs: number,
  name: string,
  { parameters = {}, timeZone }: ScheduleProps,
  config: TaskTypeConfig,
): Parameters {
  try {
    return checkParameters(config.parameters, fillParameters(parameters, atMs, timeZone));
  } catch (error) {
    const at = new Date(atMs).toISOString();
    return refuse(
      name,
      config,
      `has parameters that the type does not accept, for example at ${at}: ${errorMessage(error)}`,
    );
  }
}

function refuse(name: string, { type }: TaskTypeConfig, fault: string): never {
  throw new DeclarationError(`Schedule ${JSON.stringify(name)} of task type ${type} ${fault}`);
}
