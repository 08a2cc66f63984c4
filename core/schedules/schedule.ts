import { NotScheduled } from '../shared/errors.ts';

/** A schedule's name, unique in its stack. The id of a run must fit into a task's: 23 characters, a dash and 16 for the time. */
export const SCHEDULE_NAME = /^[A-Z][A-Za-z0-9]{0,22}$/;

/**
 * How old a run may be when it is submitted, milliseconds. The Scheduler and Lambda together try for less than half of it (lib/schedules/scheduled-runs.ts);
 * a day is what the Scheduler would keep an event at most. What comes later was not delivered by them.
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
 */
export const RUN_MAX_AGE_MS = 86_400_000;
/** How far the clocks of the Scheduler and of a function may be apart, milliseconds. */
export const RUN_MAX_LEAD_MS = 60_000;

/** `2026-11-24T01:00:00Z`, as `<aws.scheduler.scheduled-time>` is filled in: https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html */
const SCHEDULED_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** `2026-11-24T01:00:00Z` */
export const toSecond = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/**
 * The id of the one task that a schedule submits for a time: `Nightly-20261124T010000Z`. The Scheduler delivers at least once and names each
 * attempt anew, so only what it was scheduled for tells deliveries apart.
 */
export const scheduledTaskId = (schedule: string, forMs: number): string =>
  `${schedule}-${toSecond(forMs).replaceAll(/[-:]/g, '')}`;

/** The schedule whose runs have ids like this one; undefined when it is no run's id. */
export const scheduleOfTaskId = (taskId: string): string | undefined =>
  /^([A-Z][A-Za-z0-9]{0,22})-\d{8}T\d{6}Z$/.exec(taskId)?.[1];

/** Reads a scheduled time, to the second; throws `NotScheduled` unless the text is a time that exists, spelled as the Scheduler spells it. */
export function parseScheduledTime(text: string): number {
  const ms = SCHEDULED_TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms) && toSecond(ms) === text) return ms;
  throw new NotScheduled(
    `The scheduled time is ${JSON.stringify(text).slice(0, 80)}; allowed: a time such as 2026-11-24T01:00:00Z, as EventBridge Scheduler fills it in. No task was made. Look at what invoked the function.`,
  );
}

/** Throws `NotScheduled` when a run cannot have been delivered now by its schedule. */
export function assertTimely(schedule: string, forMs: number, nowMs: number): void {
  if (forMs >= nowMs - RUN_MAX_AGE_MS && forMs <= nowMs + RUN_MAX_LEAD_MS) return;
  throw new NotScheduled(
    `The run of ${schedule} is for ${toSecond(forMs)} and came at ${toSecond(nowMs)}; allowed: at most ${RUN_MAX_AGE_MS / 3_600_000} hours after its time and ${RUN_MAX_LEAD_MS / 1000} seconds before. No task was made. If it was missed, submit its request by hand.`,
  );
}
