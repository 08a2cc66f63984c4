import { lambdaPorts } from '../control/function/ports.ts';
import { submitScheduledHandler } from './handler.ts';

/**
 * Trigger: a schedule of a task type (EventBridge Scheduler), asynchronously, with the schedule's own role; nobody else may Invoke it.
 * The event names type, schedule and scheduled time, and nothing else: what is asked for stands in the type's configuration, so that
 * whoever could forge an event could only ask for a run that is due anyway.
 *
 * Effects, in order: those of `submit` (lambdas/submit/index.ts), for the task whose id is the schedule and the time.
 *
 * Late, repeated or half done: the Scheduler delivers at least once. A repeated delivery finds the task by its id and goes on where the
 * last one stopped; if the type or the schedule was changed in between, the task stands as it was asked for first. A run that is more than
 * a day old, or is for a time to come, makes no task.
 *
 * What is thrown is tried twice more by Lambda and then goes to the queue of missed runs, where an alarm sees it: a draining stack,
 * a schedule that is not deployed any more, an event that no schedule sent.
 *
 * Rejected: the parameters in the schedule's input, and the attempt's id as the task's: it is another one with each attempt.
 */
export const handler = submitScheduledHandler(lambdaPorts);
