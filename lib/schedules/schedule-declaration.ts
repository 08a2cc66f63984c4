import type { IConstruct } from 'constructs';
import { errorMessage } from 'taskbound-evidence/describe-error';
import { DeclarationError } from '../../core/shared/errors.ts';
import { checkParameters } from '../../core/task-types/parameters.ts';
import { REASON_CHARACTERS } from '../../core/requests/reason.ts';
import { expressionFault } from 'taskbound-time/schedule-expression';
import { fillParameters } from '../../core/schedules/schedule-parameters.ts';
import { SCHEDULE_NAME } from '../../core/schedules/schedule.ts';
import type { TaskTypeConfig } from '../../core/task-types/task-type.ts';
import { isTimeZone, TIME_ZONE_ALLOWED } from 'taskbound-time/time-zone';
import { checkSessionPolicyFits } from '../task-types/declaration.ts';
import type { ScheduleProps } from './task-schedule.ts';

/** Two dates that differ in every digit that may differ: what is allowed only on some days is found. */
const SAMPLES_MS = [Date.UTC(2026, 0, 2, 3, 4), Date.UTC(2031, 10, 28, 19, 55)];

/** Throws `DeclarationError` on the first thing for which a run would be refused, or which AWS would not take. */
export function checkSchedule(
  scope: IConstruct,
  name: string,
  props: ScheduleProps,
  config: TaskTypeConfig,
): void {
  const refuse = (why: string): never => {
    throw new DeclarationError(`Schedule ${JSON.stringify(name)} of task type ${config.type} ${why}`);
  };
  if (!SCHEDULE_NAME.test(name)) refuse(`is not a name (${SCHEDULE_NAME.source}). Rename it.`);
  if (config.window?.kind === 'required')
    refuse(
      'cannot say when each of its tasks may run, as the type demands of every request (MaintenanceWindow.required). Give the type a fixed window.',
    );
  const fault = expressionFault(props.expression);
  if (fault !== undefined)
    refuse(
      `has the expression ${JSON.stringify(props.expression)}: ${fault}. See https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html.`,
    );
  if (!isTimeZone(props.timeZone))
    refuse(`has the time zone ${JSON.stringify(props.timeZone)}; allowed: ${TIME_ZONE_ALLOWED}. Correct it.`);
  const { reason = 'none' } = props;
  if (reason.length < 1 || reason.length > REASON_CHARACTERS)
    refuse(`has a reason of ${reason.length} characters; allowed: 1 to ${REASON_CHARACTERS}. Shorten it.`);
  for (const atMs of SAMPLES_MS)
    checkSessionPolicyFits(scope, config, parametersAt(atMs, props, config, refuse));
}

function parametersAt(
  atMs: number,
  { parameters = {}, timeZone }: ScheduleProps,
  config: TaskTypeConfig,
  refuse: (why: string) => never,
) {
  try {
    return checkParameters(config.parameters, fillParameters(parameters, atMs, timeZone));
  } catch (error) {
    const said = errorMessage(error);
    return refuse(
      `asks for what the type does not take, for example for ${new Date(atMs).toISOString()}: ${said}`,
    );
  }
}
