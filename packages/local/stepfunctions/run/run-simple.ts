import type { ChoiceState, FailState, PassState, SucceedState, WaitState } from '../definition/definition.ts';
import type { Outcome, StateRun } from './state-run.ts';
import { evaluateSeconds, evaluateTyped } from '../definition/typed-fields.ts';
import { parseTimestamp } from '../expressions/timestamp.ts';
import { MAX_WAIT_SECONDS } from '../limits.ts';

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-pass.html */
export function runPass(run: StateRun, state: PassState): Promise<Outcome> {
  return run.leave(state.Next, state, run.input);
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-succeed.html */
export function runSucceed(run: StateRun, state: SucceedState): Promise<Outcome> {
  return run.leave(undefined, { Output: state.Output }, run.input);
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html */
export async function runFail(run: StateRun, state: FailState): Promise<never> {
  const error =
    state.Error === undefined ? undefined : await evaluateTyped(run, state.Error, 'Error', 'string');
  const cause =
    state.Cause === undefined ? undefined : await evaluateTyped(run, state.Cause, 'Cause', 'string');
  throw new FailStateReached(
    error === undefined ? undefined : String(error),
    cause === undefined ? undefined : String(cause),
  );
}

/** Thrown by a Fail state. The execution fails with this error and reason, both optional. */
export class FailStateReached extends Error {
  readonly error: string | undefined;
  readonly reason: string | undefined;

  constructor(error: string | undefined, reason: string | undefined) {
    super(reason ?? error ?? 'Fail');
    this.error = error;
    this.reason = reason;
  }
}

/**
 * Takes the first rule whose Condition is true, else Default:
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
 */
export async function runChoice(run: StateRun, state: ChoiceState): Promise<Outcome> {
  for (const [index, rule] of state.Choices.entries()) {
    const path = `Choices[${index}]/`;
    const met = await evaluateTyped(run, rule.Condition, `${path}Condition`, 'boolean');
    if (met === true) return run.leave(rule.Next, rule, run.input, {}, path);
  }
  if (state.Default !== undefined) return run.leave(state.Default, state, run.input);
  throw run.failure(
    'States.Runtime',
    'Failed to transition out of the state. The state does not point to a next state.',
  );
}

/** A time in the past does not wait: https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html */
export async function runWait(run: StateRun, state: WaitState): Promise<Outcome> {
  await run.clock.sleep(await waitMs(run, state), run.execution.signal);
  return run.leave(state.Next, state, run.input);
}

async function waitMs(run: StateRun, state: WaitState): Promise<number> {
  if (state.Seconds !== undefined) {
    const seconds = await evaluateSeconds(run, state.Seconds, 'Seconds', 0);
    const passedMs = run.execution.resumedIn === undefined ? 0 : run.clock.nowMs() - run.enteredMs;
    return Math.max(0, 1000 * seconds - passedMs);
  }
  const text = String(await evaluateTyped(run, state.Timestamp, 'Timestamp', 'string'));
  const untilMs = parseTimestamp(text);
  if (untilMs === undefined) {
    const message = `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`;
    throw run.evaluationFailed('Timestamp', message);
  }
  const ms = Math.max(0, untilMs - run.clock.nowMs());
  if (ms > MAX_WAIT_SECONDS * 1000) throw run.failure('States.Runtime', 'Wait state delay is too long.');
  return ms;
}
