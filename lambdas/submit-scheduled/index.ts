import { lambdaPorts } from '../control/function/ports.ts';
import { submitScheduledHandler } from './handler.ts';

/**
 * Trigger: a schedule of a task type (EventBridge Scheduler), asynchronously, with the schedule's own role.
 * No other principal may invoke it. The event names type, schedule and scheduled time only; the request
 * itself is in the type's configuration. A forged event could therefore only request a run that is due
 * anyway.
 *
 * Effects, in order: those of `submit` (lambdas/submit/index.ts), for the task whose id is the schedule and
 * the time.
 *
 * Late, repeated or half done: the Scheduler delivers at least once. A repeated delivery finds the task by
 * its id and continues where the last one stopped; if the type or the schedule changed in between, the first
 * request counts. A run that is more than a day old, or in the future, creates no task.
 *
 * After an error Lambda retries twice and then sends the event to the queue of missed runs, which has an
 * alarm: a draining stack, a schedule that is no longer deployed, an event that no schedule sent.
 *
 * Rejected: parameters in the schedule's input, which every caller could choose; the attempt's id as the
 * task's id, because it changes with each attempt.
 */
export const handler = submitScheduledHandler(lambdaPorts);
