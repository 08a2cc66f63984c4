import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { ParameterValue } from '../../core/task-types/parameters.ts';
import type { ScheduleSpec } from '../../core/task-types/task-type.ts';
import type { ScheduledRuns } from './scheduled-runs.ts';

export interface ScheduleProps {
  /**
   * `cron(0 2 * * ? *)`, `rate(1 hour)` or `at(2026-11-24T02:00:00)`: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html.
   * Prefer `cron` to `rate`: `submit-scheduled` can check that a time belongs to it.
   */
  readonly expression: string;
  /** IANA: `Europe/Berlin`. A local time that does not exist is skipped; one that occurs twice is due once. */
  readonly timeZone: string;
  /**
   * The parameters of each task. `{date:yyyy-MM-dd}` in a text becomes the scheduled time; tokens are yyyy, MM, dd, HH and mm.
   * @default - none
   */
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
  /** The reason in each task's record. @default - the name of the schedule */
  readonly reason?: string;
}

interface TaskScheduleProps extends ScheduleProps {
  /** The task type whose tasks are submitted. */
  readonly type: string;
  readonly runs: ScheduledRuns;
}

/** One schedule of a task type, and the role with which the Scheduler calls `submit-scheduled`. Created by `BoundedTask.schedule`. */
export class TaskSchedule extends Construct {
  /**
   * The schedule's part of the type's configuration.
   * @internal
   */
  readonly _spec: ScheduleSpec;

  constructor(scope: Construct, id: string, props: TaskScheduleProps) {
    super(scope, id);
    const { type, runs, expression, timeZone, parameters = {} } = props;
    const role = runs.role(this, type);
    const schedule = new CfnSchedule(this, 'Schedule', {
      description: `Submits tasks of the type ${type}.`,
      groupName: runs.group.ref,
      scheduleExpression: expression,
      scheduleExpressionTimezone: timeZone,
      flexibleTimeWindow: { mode: 'OFF' },
      target: runs.target(role, { type, schedule: id, scheduledTime: '<aws.scheduler.scheduled-time>' }),
    });
    // Before the role has its permissions, a first run could be refused.
    schedule.node.addDependency(role);
    this._spec = {
      arn: schedule.attrArn,
      expression,
      parameters: { ...parameters },
      timeZone,
      reason: props.reason ?? `Run of the schedule ${id}`,
    };
  }
}
