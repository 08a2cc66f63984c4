import { NotScheduled } from '../shared/errors.ts';

/**
 * A schedule's name, unique in its stack. The id of a run must fit into a task id: 23 characters, a dash and
 * 16 characters for the time.
 */
export const SCHEDULE_NAME = /^[A-Z][A-Za-z0-9]{0,22}$/;

/**
 * How old a run may be when it is submitted, milliseconds. The Scheduler and Lambda together retry for less
 * than half of this time (lib/schedules/scheduled-runs.ts). The Scheduler keeps an event for at most one day,
 * so it did not deliver a run that is older.
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
 */
export const RUN_MAX_AGE_MS = 86_400_000;
/** How much the clocks of the Scheduler and of a function may differ, milliseconds. */
export const RUN_MAX_LEAD_MS = 60_000;

/**
 * `2026-11-24T01:00:00Z`, as `<aws.scheduler.scheduled-time>` is filled in:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
const SCHEDULED_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** `2026-11-24T01:00:00Z` */
export const toSecond = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/**
 * The id of the task that a schedule submits for a time: `Nightly-20261124T010000Z`. The Scheduler delivers
 * at least once, with a new id for each attempt, so only the scheduled time identifies a run.
 */
export const scheduledTaskId = (schedule: string, forMs: number): string =>
  `${schedule}-${toSecond(forMs).replaceAll(/[-:]/g, '')}`;

/** The schedule that submitted the task with this id. Undefined if it is not the id of a run. */
export const scheduleOfTaskId = (taskId: string): string | undefined =>
  /^([A-Z][A-Za-z0-9]{0,22})-\d{8}T\d{6}Z$/.exec(taskId)?.[1];

/**
 * Parses a scheduled time in whole seconds. Throws `NotScheduled` unless the text is a valid time in the
 * Scheduler's format.
 */
export function parseScheduledTime(text: string): number {
  const ms = SCHEDULED_TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms) && toSecond(ms) === text) return ms;
  throw new NotScheduled(
    `The scheduled time is ${JSON.stringify(text).slice(0, 80)}; allowed: a time such as 2026-11-24T01:00:00Z, in the format of EventBridge Scheduler. No task was created. Check what invoked the function.`,
  );
}

/** Throws `NotScheduled` if the schedule cannot have delivered the run now. */
export function assertTimely(schedule: string, forMs: number, nowMs: number): void {
  if (forMs >= nowMs - RUN_MAX_AGE_MS && forMs <= nowMs + RUN_MAX_LEAD_MS) return;
  throw new NotScheduled(
    `The run of ${schedule} is for ${toSecond(forMs)} and came at ${toSecond(nowMs)}; allowed: at most ${RUN_MAX_AGE_MS / 3_600_000} hours after its time and ${RUN_MAX_LEAD_MS / 1000} seconds before. No task was created. If the run was missed, submit its request manually.`,
  );
}
