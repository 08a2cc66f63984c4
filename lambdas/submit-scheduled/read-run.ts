import * as z from 'zod';
import { NotScheduled } from '../../core/shared/errors.ts';
import { boundaryIdOf, TASK_TYPE } from 'taskbound-evidence/names/ids';
import { parseScheduledTime, SCHEDULE_NAME, scheduledTaskId } from '../../core/schedules/schedule.ts';

/** The input of a schedule (lib/schedules/task-schedule.ts). */
const scheduledEvent = z.strictObject({
  type: z.string().regex(TASK_TYPE),
  schedule: z.string().regex(SCHEDULE_NAME),
  scheduledTime: z.string(),
});

/** One run of a schedule, and the id of its task. */
export interface ScheduledRun {
  readonly type: string;
  readonly schedule: string;
  readonly forMs: number;
  readonly taskId: string;
  readonly boundaryId: string;
}

/**
 * Reads an event strictly; throws `NotScheduled` on every event that a schedule of this stack does not send.
 */
export function readRun(event: unknown): ScheduledRun {
  const parsed = scheduledEvent.safeParse(event);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new NotScheduled(
      `The event is ${(JSON.stringify(event) ?? 'nothing').slice(0, 120)} (${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? 'of another form'}); allowed: type, schedule and scheduledTime of a schedule of this stack. No task was made. Look at what invoked the function.`,
    );
  }
  const { type, schedule, scheduledTime } = parsed.data;
  const forMs = parseScheduledTime(scheduledTime);
  const taskId = scheduledTaskId(schedule, forMs);
  return { type, schedule, forMs, taskId, boundaryId: boundaryIdOf(type, taskId) };
}
