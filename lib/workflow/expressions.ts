/**
 * The JSONata expressions of the workflow. Each must evaluate with the smallest input that its state can get: an expression that fails in
 * a Catch would skip the tail. https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */

/** What Step Functions evaluates. */
export const expression = (text: string): string => `{% ${text} %}`;

/** A JSONata string literal. */
const literal = (text: string): string => JSON.stringify(text);

/** Ids come from the execution's context, never from its input: the caller that starts an execution cannot choose another boundary. */
export const boundaryIdOf = (type: string): string =>
  `${literal(`${type}.`)} & $states.context.Execution.Name`;
export const EXECUTION_ARN = '$states.context.Execution.Id';

/** Fails in a redriven execution, which would resume inside a boundary that is already closed. */
export const onFirstRunOnly = (text: string): string =>
  `$states.context.Execution.RedriveCount > 0 ? $error("This execution was redriven; its boundary is closed. Submit the task again.") : ${text}`;

/** How many characters of an error's cause are kept: together with everything else they must fit in a state's 256 KiB. */
const CAUSE_CHARACTERS = 8192;
/** Fail takes 256 characters of error and 32,768 of cause: https://docs.aws.amazon.com/step-functions/latest/apireference/API_FailTaskStateInput */
const ERROR_CHARACTERS = 256;

const errorOf = (at: string): string =>
  `($exists(${at}) and ${at} != null ? $substring($string(${at}), 0, ${ERROR_CHARACTERS}) : "Unknown")`;
const causeOf = (at: string): string =>
  `($exists(${at}) and ${at} != null ? $substring($string(${at}), 0, ${CAUSE_CHARACTERS}) : "")`;

/** Whether and until when a task waits, from Admit's result to the state that waits. Neither Choice nor Wait can catch an error. */
export const waits = {
  output: expression(
    '{"waitUntil": $exists($states.result.Payload.waitUntil) ? $states.result.Payload.waitUntil : null}',
  ),
  condition: expression('$type($states.input.waitUntil) = "string"'),
  until: expression('$states.input.waitUntil'),
} as const;

/** What a Catch before the tail passes to `RevokeAndRecord`. Error and Cause may be absent. */
export const failedIn = (state: string): string =>
  expression(
    `{"ended": {"status": "failed", "state": ${literal(state)}, "error": ${errorOf('$states.errorOutput.Error')}, "cause": ${causeOf('$states.errorOutput.Cause')}}}`,
  );

/** What a Catch of the tail passes to the end that reports it. */
export const stoppedIn = (state: string): string =>
  expression(
    `{"error": ${errorOf('$states.errorOutput.Error')}, "cause": ${literal(`${state}: `)} & ${causeOf('$states.errorOutput.Cause')}}`,
  );

const inputError = errorOf('$states.input.error');
const inputCause = causeOf('$states.input.cause');
export const failError = expression(inputError);
export const failCause = expression(inputCause);
/** Both in one sentence, for an end state whose Error is a fixed name. */
export const failErrorAndCause = expression(`${inputError} & " in " & ${inputCause}`);

/**
 * The largest result of a work function that is kept: characters after URL encoding, which are never fewer than its bytes. It leaves room
 * below the 256 KiB of a state's input, https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, for what the
 * tail adds. Without it, a result of a certain size would let RunWork succeed and every state of the tail fail.
 */
const ANSWER_CHARACTERS = 250_000;

/** How the answer of the work function was too large, or what it is. `at` is an expression for the answer, parsed. */
const endedWith = (at: string): string =>
  `$exists(${at}) and $length($encodeUrlComponent($string(${at}))) > ${ANSWER_CHARACTERS} ? {"ended": ${tooLarge(at)}} : ${handsOn(at)} ? ${handedOnWith(at)} : {"ended": ${returned(at)}}`;

const tooLarge = (at: string): string =>
  `{"status": "failed", "state": "RunWork", "error": "States.DataLimitExceeded", "cause": "The work function returned " & $length($string(${at})) & " characters of JSON, more than a state carries (${ANSWER_CHARACTERS} URL-encoded). Return a smaller result."}`;
const returned = (at: string): string => `{"status": "returned", "payload": $exists(${at}) ? ${at} : null}`;

/**
 * A result of the form `{ done: false, checkpoint, tools? }`, from a run that had a lease. `IssueIdentity` checks its content. A result of
 * any other form ends the work, and `RevokeAndRecord` checks it.
 */
const handsOn = (at: string): string =>
  `$type(${at}) = "object" and ${at}.done = false and $exists(${at}.checkpoint) and $count($keys(${at})[$not($ in ["done", "checkpoint", "tools"])]) = 0 and $type($states.input.sessionVersionId) = "string"`;
const handedOnWith = (at: string): string =>
  `{"after": $states.input.sessionVersionId, "checkpoint": ${at}.checkpoint, "tools": $exists(${at}.tools) ? ${at}.tools : null}`;

/** What `RunWork` passes to `MoreToDo`: how the work ended, or from what its next run continues. */
export const workEnded = expression(endedWith('$states.result.Payload'));

/** The error of a function, as the AWS SDK integration returns it: the same error and cause that the optimized integration gives a Catch. */
const FUNCTION_FAILED = `{"status": "failed", "state": "RunWork", "error": $type($answer) = "object" and $exists($answer.errorType) ? ${errorOf('$answer.errorType')} : "Lambda.Unknown", "cause": ${causeOf('$states.result.Payload')}}`;

/** As `workEnded`, for the AWS SDK integration: the payload is text, and the error of the function is a field. */
export const isolatedWorkEnded = expression(
  `($answer := $type($states.result.Payload) = "string" ? $parse($states.result.Payload) : null; $exists($states.result.FunctionError) ? {"ended": ${FUNCTION_FAILED}} : ${endedWith('$answer')})`,
);

/** A Choice has no Catch: this is true or false for every input of the state. */
export const isMoreToDo = expression('$exists($states.input.after)');

/** A field that the previous run passed on; null before the first run. */
export const handedOn = (field: 'after' | 'checkpoint' | 'tools'): string =>
  `($exists($states.input.${field}) ? $states.input.${field} : null)`;
