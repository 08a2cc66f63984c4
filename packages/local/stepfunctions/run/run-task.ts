import type { TaskState } from '../definition/definition.ts';
import { catcherFor, RetryCounter } from './error-matching.ts';
import { earlierCall } from './earlier-call.ts';
import type { LambdaTask } from './lambda-task.ts';
import { lambdaTask } from './lambda-task.ts';
import { MAX_CAUSE_CHARACTERS, MAX_PAYLOAD_BYTES, payloadBytes } from '../limits.ts';
import type { LambdaResult } from './machine.ts';
import type { Outcome, StateRun } from './state-run.ts';
import { dataLimitExceeded, InterpreterStopped, StateError } from './state-error.ts';
import { omitUndefined } from '../../helpers/omit-undefined.ts';
import { evaluateSeconds } from '../definition/typed-fields.ts';

/**
 * Applies first Retry, then Catch, to every error of the state, including errors of its expressions. An error
 * inside the Catch fails the execution:
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export async function runTask(run: StateRun, state: TaskState, region: string): Promise<Outcome> {
  const retries = new RetryCounter(state.Retry);
  for (;;) {
    const outcome = await attempt(run, state, region).catch((error: unknown) => asStateError(error));
    if (!(outcome instanceof StateError)) return outcome;
    const delayMs = retries.nextDelayMs(outcome);
    if (delayMs === undefined) return leaveByCatch(run, state, outcome);
    run.retryCount++;
    await run.clock.sleep(delayMs, run.execution.signal);
  }
}

function asStateError(error: unknown): StateError {
  if (error instanceof StateError) return error;
  throw error;
}

function leaveByCatch(run: StateRun, state: TaskState, error: StateError): Promise<Outcome> {
  const found = catcherFor(state.Catch, error);
  if (found === undefined) throw error;
  const errorOutput = error.toErrorOutput();
  return run.leave(found.catcher.Next, found.catcher, errorOutput, { errorOutput }, found.path);
}

async function attempt(run: StateRun, state: TaskState, region: string): Promise<Outcome> {
  const args = await run.evaluate(state.Arguments, 'Arguments');
  if (payloadBytes(args) > MAX_PAYLOAD_BYTES) throw dataLimitExceeded(run.name);
  const timeoutSeconds =
    state.TimeoutSeconds === undefined
      ? undefined
      : await evaluateSeconds(run, state.TimeoutSeconds, 'TimeoutSeconds', 1);
  const task = lambdaTask(state.Resource, args, region);
  if (typeof task === 'string') throw run.failure('States.Runtime', task);
  const result = await call(run, task, timeoutSeconds);
  return run.leave(state.Next, state, result, { result });
}

/** One call of the function, from TaskScheduled to TaskSucceeded, TaskFailed or TaskTimedOut. */
async function call(run: StateRun, task: LambdaTask, timeoutSeconds: number | undefined): Promise<unknown> {
  const { history } = run.execution;
  const earlier = earlierCall(run.execution, run.enteredId);
  if (earlier?.isRecorded === true) {
    if (earlier.outcome instanceof StateError) throw earlier.outcome;
    return earlier.outcome;
  }
  if (earlier === undefined) {
    history.append(...task.scheduled(timeoutSeconds));
    history.append(...task.started());
  }
  const settled =
    earlier?.outcome ?? (await invoke(run, task, timeoutSeconds).then(task.result, lambdaError));
  const outcome = payloadBytes(settled) > MAX_PAYLOAD_BYTES ? task.tooLarge() : settled;
  if (!(outcome instanceof StateError)) {
    history.append(...task.succeeded(outcome));
    return outcome;
  }
  history.append(...(outcome instanceof TaskTimedOut ? task.timedOut(outcome) : task.failed(outcome)));
  throw outcome;
}

/** Errors of `invokeLambda` have the ErrorEquals string as `name` and the Cause as `message`. */
function lambdaError(error: unknown): StateError {
  if (error instanceof InterpreterStopped) throw error;
  if (error instanceof StateError) return error;
  const [name, cause] =
    error instanceof Error ? [error.name, error.message] : ['Lambda.Unknown', String(error)];
  return new StateError(name, cause.slice(0, MAX_CAUSE_CHARACTERS));
}

class TaskTimedOut extends StateError {
  constructor() {
    super('States.Timeout');
  }
}

/**
 * Waits for Lambda, the state's timeout or the end of the execution, whichever is first. Does not stop the
 * function.
 */
async function invoke(
  run: StateRun,
  task: LambdaTask,
  timeoutSeconds: number | undefined,
): Promise<LambdaResult> {
  const waiting = new AbortController();
  const { execution, clock } = run;
  const { functionName, payload, tenantId, isSdkCall } = task;
  const { promise, resolve, reject } = Promise.withResolvers<LambdaResult>();
  const onEnd = (): void => reject(execution.signal.reason);
  execution.signal.addEventListener('abort', onEnd, { once: true });
  const timer =
    timeoutSeconds === undefined
      ? undefined
      : clock.setTimer(timeoutSeconds * 1000, () => reject(new TaskTimedOut()));
  const { arn: executionArn, machine } = execution;
  run
    .invokeLambda({
      ...{ functionName, payload, ...omitUndefined({ tenantId, isSdkCall }) },
      ...{ roleArn: machine.roleArn, executionArn, signal: waiting.signal },
    })
    .then(resolve, reject);
  try {
    return await promise;
  } finally {
    timer?.cancel();
    execution.signal.removeEventListener('abort', onEnd);
    waiting.abort();
  }
}
