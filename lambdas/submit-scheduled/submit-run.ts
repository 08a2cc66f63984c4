import { NotScheduled, TaskIdTaken } from '../../core/shared/errors.ts';
import { checkRequest } from '../../core/requests/request.ts';
import { assertTimely } from '../../core/schedules/schedule.ts';
import { assertTimeOf } from '../../core/schedules/schedule-times.ts';
import { fillParameters } from '../../core/schedules/schedule-parameters.ts';
import type { ScheduleSpec, TaskTypeConfig } from '../../core/task-types/task-type.ts';
import { log } from '../control/function/log.ts';
import type { TaskRequester } from '../../core/ledger/new-row.ts';
import { submitTask, type SubmitDependencies, type SubmittedTask } from '../submit/submit.ts';
import type { ScheduledRun } from './read-run.ts';

/** A schedule has no user id in IAM: the row has the service's name instead. */
const SCHEDULER = 'scheduler.amazonaws.com';

/** Submits a run's task. Undefined: it exists already, requested before the type or the schedule changed. */
export async function submitRun(
  run: ScheduledRun,
  deps: SubmitDependencies,
): Promise<SubmittedTask | undefined> {
  assertTimely(run.schedule, run.forMs, deps.clock.nowMs());
  const config = await deps.types.find(run.type);
  const spec = scheduleIn(config, run);
  if (config === undefined || spec === undefined) throw unknownSchedule(run);
  assertTimeOf(run.schedule, spec, run.forMs);
  const parameters = fillParameters(spec.parameters, run.forMs, spec.timeZone);
  const checked = checkRequest({ type: run.type, reason: spec.reason, parameters }, config);
  try {
    return await submitTask(run.taskId, checked, requesterOf(spec, run), config, deps);
  } catch (error) {
    if (!(error instanceof TaskIdTaken)) throw error;
    return acceptIfSameRun(run, checked.requestDigest, error, deps);
  }
}

const scheduleIn = (config: TaskTypeConfig | undefined, { schedule }: ScheduledRun) =>
  config !== undefined && Object.hasOwn(config.schedules, schedule) ? config.schedules[schedule] : undefined;

function unknownSchedule({ type, schedule }: ScheduledRun): NotScheduled {
  return new NotScheduled(
    `The run is of ${type} and its schedule ${schedule}; as deployed now, the stack has no such schedule. No task was made. If the run is still wanted, submit its request by hand.`,
  );
}

const requesterOf = ({ arn }: ScheduleSpec, { schedule, forMs }: ScheduledRun): TaskRequester => ({
  arn,
  userId: SCHEDULER,
  accountId: arn.split(':')[4] ?? '',
  requester: arn,
  scheduled: { schedule, forMs },
});

/**
 * An earlier delivery of this run may have created the task before a change: then it stays as it is.
 * Otherwise the id is taken, and the run is missed.
 */
async function acceptIfSameRun(
  run: ScheduledRun,
  requestDigest: string,
  error: TaskIdTaken,
  deps: SubmitDependencies,
): Promise<undefined> {
  const row = await deps.ledger.get(run.boundaryId);
  const isOurs = row?.scheduled?.schedule === run.schedule && row.scheduled.forMs === run.forMs;
  if (!isOurs || row.requestDigest === requestDigest) throw error;
  log('warn', 'submit-scheduled changed nothing: the run was submitted before its type or schedule changed', {
    boundaryId: run.boundaryId,
    phase: row.phase,
  });
  return undefined;
}
