import { describe, expect, it } from 'vitest';
import { MAX_HISTORY_EVENTS, MAX_PAYLOAD_BYTES } from '../../../../packages/local/stepfunctions/limits.ts';
import { answer, FUNCTION_ARN, Harness, machine, runMachine, START_MS, task } from '../harness.ts';

const PASS = { Type: 'Pass', End: true };

// https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html
describe('Wait', () => {
  it.each([
    ['Seconds', { Seconds: 90 }, 90],
    ['Seconds 0', { Seconds: 0 }, 0],
    ['Seconds, an expression', { Seconds: '{% $states.input.n * 2 %}' }, 14],
    ['Timestamp', { Timestamp: '2026-11-23T10:05:00Z' }, 300],
    ['Timestamp with an offset', { Timestamp: '2026-11-23T12:05:00+02:00' }, 300],
    [
      'Timestamp finer than a millisecond never ends early',
      { Timestamp: '2026-11-23T10:00:00.0001Z' },
      0.001,
    ],
    ['Timestamp in the past', { Timestamp: '2020-01-01T00:00:00Z' }, 0],
    ['Timestamp in the first century', { Timestamp: '0099-12-31T00:00:00Z' }, 0],
    ['Timestamp without seconds, an expression', { Timestamp: '{% "2026-11-23T10:05Z" %}' }, 300],
    ['the largest offset', { Timestamp: '2026-11-23T16:01:00+06:00' }, 60],
    ['the longest wait', { Timestamp: '{% $fromMillis($millis() + 2147483647000) %}' }, 2_147_483_647],
    ['Timestamp, an expression', { Timestamp: '{% $fromMillis($millis() + 60000) %}' }, 60],
  ])('%s', async (_name, fields, seconds) => {
    const ran = await runMachine(machine({ Rest: { Type: 'Wait', End: true, ...fields } }), { n: 7 });
    expect([ran.status, ran.seconds, ran.cause]).toEqual(['SUCCEEDED', seconds, undefined]);
  });

  it.each([
    ['text', { Seconds: '{% "7" %}' }, `Expected 'number', but was 'string' for value: "7"`],
    ['a fraction', { Seconds: '{% 1.5 %}' }, 'cannot be parsed as an integer: 1.5'],
    ['a negative number', { Seconds: '{% -1 %}' }, 'must be between 0 and 99999999, but was: -1'],
    [
      'text that is not a date',
      { Timestamp: '{% "tomorrow" %}' },
      'cannot be parsed as an ISO-8601 extended offset date-time format string: tomorrow',
    ],
    [
      'the 30th of February',
      { Timestamp: '{% "2026-02-30T00:00:00Z" %}' },
      'cannot be parsed as an ISO-8601',
    ],
    [
      'a time without an offset',
      { Timestamp: '{% "2026-02-03T00:00:00" %}' },
      'cannot be parsed as an ISO-8601',
    ],
    [
      'an offset of 25 hours',
      { Timestamp: '{% "2026-11-23T10:00:05+25:00" %}' },
      'cannot be parsed as an ISO-8601',
    ],
    [
      'an offset over 18 hours',
      { Timestamp: '{% "2026-11-23T10:00:05-18:01" %}' },
      'cannot be parsed as an ISO-8601',
    ],
    [
      'an offset of 60 minutes',
      { Timestamp: '{% "2026-11-23T10:00:05+01:60" %}' },
      'cannot be parsed as an ISO-8601',
    ],
  ])('refuses %s', async (_name, fields, text) => {
    const ran = await runMachine(machine({ Rest: { Type: 'Wait', End: true, ...fields } }));
    expect([ran.status, ran.error]).toEqual(['FAILED', 'States.QueryEvaluationError']);
    expect(ran.cause).toContain(text);
  });
});

// Recorded on AWS: 24,855 days wait, 24,856 fail.
describe('a Wait of more than 2^31 - 1 seconds', () => {
  it.each([
    ['a literal', '2095-12-19T03:35:41.000Z'],
    ['an expression', '{% $states.input.t %}'],
    ['one millisecond more', '{% $fromMillis($millis() + 2147483647001) %}'],
    ['24,856 days', '{% $fromMillis($millis() + 24856 * 86400000) %}'],
  ])('fails with States.Runtime: %s', async (_name, Timestamp) => {
    const ran = await runMachine(machine({ W: { Type: 'Wait', Timestamp, End: true } }), {
      t: '2095-12-19T03:35:41.000Z',
    });
    expect(ran).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause:
        "An error occurred while executing the state 'W' (entered at the event id #2). Wait state delay is too long.",
      types: ['ExecutionStarted', 'WaitStateEntered', 'ExecutionFailed'],
      seconds: 0,
    });
  });

  it('waits 24,855 days', async () => {
    const Timestamp = '{% $fromMillis($millis() + 24855 * 86400000) %}';
    const ran = await runMachine(machine({ W: { Type: 'Wait', Timestamp, End: true } }));
    expect([ran.status, ran.seconds]).toEqual(['SUCCEEDED', 24_855 * 86_400]);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
describe('Choice', () => {
  const definition = (rest: Record<string, unknown> = {}): unknown =>
    machine({
      Pick: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input.n > 10 %}', Next: 'Many' },
          { Condition: '{% $states.input.n > 5 %}', Next: 'Some', Output: { was: '{% $states.input.n %}' } },
        ],
        ...rest,
      },
      Many: { ...PASS, Output: 'many' },
      Some: PASS,
    });

  it.each([
    ['the first rule that is true', 11, 'many'],
    ['its own Output', 6, { was: 6 }],
    ['else Default', 1, 'many'],
  ])('takes %s', async (_name, n, output) => {
    expect((await runMachine(definition({ Default: 'Many' }), { n })).output).toEqual(output);
  });

  it('fails with States.Runtime when nothing is true and there is no Default', async () => {
    const ran = await runMachine(definition(), { n: 1 });
    expect(ran).toMatchObject({
      error: 'States.Runtime',
      cause:
        "An error occurred while executing the state 'Pick' (entered at the event id #2). Failed to transition out of the state. The state does not point to a next state.",
      types: ['ExecutionStarted', 'ChoiceStateEntered', 'ExecutionFailed'],
    });
  });

  it('needs a boolean', async () => {
    const choice = { Type: 'Choice', Choices: [{ Condition: '{% $states.input.n %}', Next: 'End' }] };
    const ran = await runMachine(machine({ Pick: choice, End: PASS }), { n: 1 });
    expect(ran.error).toBe('States.QueryEvaluationError');
    expect(ran.cause).toContain("Expected 'boolean', but was 'number' for value: 1");
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/state-fail.html
describe('Fail and Succeed', () => {
  it.each([
    ['texts', { Error: 'Nope', Cause: 'because' }, 'Nope', 'because'],
    [
      'expressions',
      { Error: '{% "E" & $states.input.n %}', Cause: '{% $string($states.input) %}' },
      'E1',
      '{"n":1}',
    ],
    ['nothing', {}, undefined, undefined],
  ])('Fail with %s', async (_name, fields, error, cause) => {
    const ran = await runMachine(machine({ Stop: { Type: 'Fail', ...fields } }), { n: 1 });
    expect(ran).toMatchObject({
      status: 'FAILED',
      error,
      cause,
      types: ['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed'],
    });
  });

  it('a Fail state whose Cause is not a string fails with that error', async () => {
    const ran = await runMachine(machine({ Stop: { Type: 'Fail', Cause: '{% 1 %}' } }));
    expect([ran.error, ran.cause?.includes("Expected 'string'")]).toEqual([
      'States.QueryEvaluationError',
      true,
    ]);
  });

  it('Succeed gives its Output', async () => {
    const ran = await runMachine(
      machine({ Done: { Type: 'Succeed', Output: '{% $states.input.n + 1 %}' } }),
      { n: 1 },
    );
    expect([ran.output, ran.types]).toEqual([
      2,
      ['ExecutionStarted', 'SucceedStateEntered', 'SucceedStateExited', 'ExecutionSucceeded'],
    ]);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
describe('Assign', () => {
  it('evaluates Assign and Output with the values before the state', async () => {
    const ran = await runMachine(
      machine({
        First: { Type: 'Pass', Assign: { x: 1, y: 2 }, Next: 'Swap' },
        Swap: { Type: 'Pass', Assign: { x: '{% $y %}', y: '{% $x %}' }, Output: '{% $x %}', Next: 'Show' },
        Show: { ...PASS, Output: { x: '{% $x %}', y: '{% $y %}', before: '{% $states.input %}' } },
      }),
    );
    expect(ran.output).toEqual({ x: 2, y: 1, before: 1 });
  });

  it('keeps values across states that do not assign them', async () => {
    const ran = await runMachine(
      machine({
        First: { Type: 'Pass', Assign: { x: 1 }, Next: 'Second' },
        Second: { Type: 'Pass', Next: 'Third' },
        Third: { Type: 'Pass', Assign: { y: 2 }, Next: 'Show' },
        Show: { ...PASS, Output: ['{% $x %}', '{% $y %}'] },
      }),
    );
    expect(ran.output).toEqual([1, 2]);
  });

  it('can use the result of a Task', async () => {
    const Work = task({
      Resource: FUNCTION_ARN,
      Arguments: {},
      Assign: { id: '{% $states.result.id %}' },
      Output: '{% $states.input %}',
      Next: 'Show',
    });
    const ran = await runMachine(
      machine({ Work, Show: { ...PASS, Output: ['{% $id %}', '{% $states.input.n %}'] } }),
      { n: 1 },
      answer({ id: 'a' }),
    );
    expect(ran.output).toEqual(['a', 1]);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
it('shows the context object', async () => {
  const ran = await runMachine(
    machine({
      Rest: { Type: 'Wait', Seconds: 2, Next: 'Show' },
      Show: { ...PASS, Output: '{% $states.context %}' },
    }),
    { n: 1 },
  );
  expect(ran.output).toEqual({
    Execution: {
      Id: 'arn:aws:states:eu-central-1:111122223333:execution:Machine:one',
      Name: 'one',
      Input: { n: 1 },
      RoleArn: 'arn:aws:iam::111122223333:role/MachineRole',
      StartTime: new Date(START_MS).toISOString(),
      RedriveCount: 0,
    },
    State: { Name: 'Show', EnteredTime: new Date(START_MS + 2000).toISOString() },
    StateMachine: { Id: 'arn:aws:states:eu-central-1:111122223333:stateMachine:Machine', Name: 'Machine' },
  });
});

// Recorded on AWS: a Pass has Name and EnteredTime; a Task has RetryCount as well.
describe('State.RetryCount of the context object', () => {
  const RETRIES = '{% $states.context.State.RetryCount %}';

  it('is 0 in a Task that was not retried', async () => {
    const ran = await runMachine(machine({ Work: task({ Output: RETRIES }) }), {}, answer(1));
    expect(ran.output).toBe(0);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['Pass', { Type: 'Pass', Output: RETRIES, End: true }, 'Output'],
    ['Wait', { Type: 'Wait', Seconds: RETRIES, End: true }, 'Seconds'],
    [
      'Choice',
      { Type: 'Choice', Choices: [{ Condition: false, Next: 'End' }], Default: 'End', Output: RETRIES },
      'Output',
    ],
    ['Succeed', { Type: 'Succeed', Output: RETRIES }, 'Output'],
    ['Fail', { Type: 'Fail', Error: RETRIES }, 'Error'],
  ])('does not exist in a %s', async (_type, state, field) => {
    const ran = await runMachine(machine({ Show: state, ...(state['Type'] === 'Choice' && { End: PASS }) }));
    expect([ran.status, ran.error]).toEqual(['FAILED', 'States.QueryEvaluationError']);
    expect(ran.cause).toContain(`specified for the field '${field}' returned nothing (undefined).`);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
describe('limits', () => {
  /** A JSON string of exactly this many bytes, including quotes, with two bytes for each character. */
  const text = (bytes: number): string => 'é'.repeat((bytes - 2) / 2);

  it.each([
    ['at the limit', MAX_PAYLOAD_BYTES, 'SUCCEEDED', undefined, 'TaskSucceeded'],
    ['over it', MAX_PAYLOAD_BYTES + 2, 'FAILED', 'States.DataLimitExceeded', 'LambdaFunctionFailed'],
  ])('a result %s', async (_name, bytes, status, error, type) => {
    const ran = await runMachine(
      machine({ Work: task({ Resource: FUNCTION_ARN, Arguments: {} }) }),
      {},
      answer(text(bytes)),
    );
    expect([ran.status, ran.error]).toEqual([status, error]);
    expect(ran.types).toContain(type.replace('TaskSucceeded', 'LambdaFunctionSucceeded'));
  });

  it('a result over the limit of lambda:invoke is caught by name, with the text that AWS recorded', async () => {
    const Catch = [
      { ErrorEquals: ['States.DataLimitExceeded'], Next: 'Caught' },
      { ErrorEquals: ['States.ALL'], Next: 'Other' },
    ];
    const ran = await runMachine(
      machine({ Work: task({ Catch }), Caught: PASS, Other: { Type: 'Fail' } }),
      {},
      answer(text(MAX_PAYLOAD_BYTES)),
    );
    expect(ran.output).toEqual({
      Error: 'States.DataLimitExceeded',
      Cause:
        "The state/task 'lambda' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
    expect(ran.types).toContain('TaskFailed');
  });

  // Recorded on AWS in March 2024, with lambda:invoke and with the ARN of a function.
  it.each([
    ['lambda:invoke', {}, 'lambda'],
    ['a function', { Resource: FUNCTION_ARN, Arguments: {} }, FUNCTION_ARN],
  ])('a result of %s over the limit is caught by States.ALL', async (_name, fields, what) => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const ran = await runMachine(
      machine({ Work: task({ Catch, ...fields }), Caught: PASS }),
      {},
      answer(text(MAX_PAYLOAD_BYTES + 2)),
    );
    expect(ran.output).toEqual({
      Error: 'States.DataLimitExceeded',
      Cause: `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    });
  });

  it('a result over the limit is retried by States.ALL', async () => {
    const Retry = [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }];
    const ran = await runMachine(machine({ Work: task({ Retry }) }), {}, answer(text(MAX_PAYLOAD_BYTES)));
    expect([ran.error, ran.seconds]).toEqual(['States.DataLimitExceeded', 1]);
  });

  it.each(['Output', 'Assign'])('an %s over the limit', async (field) => {
    const doubled = { a: '{% $states.input %}', b: '{% $states.input %}' };
    const ran = await runMachine(machine({ Twice: { ...PASS, [field]: doubled } }), text(200_000));
    expect([ran.status, ran.error]).toEqual(['FAILED', 'States.DataLimitExceeded']);
  });

  it('Arguments over the limit', async () => {
    const Arguments = { a: '{% $states.input %}', b: '{% $states.input %}' };
    const ran = await runMachine(
      machine({ Work: task({ Resource: FUNCTION_ARN, Arguments }) }),
      text(200_000),
      answer(1),
    );
    expect([ran.error, ran.types.includes('LambdaFunctionScheduled')]).toEqual([
      'States.DataLimitExceeded',
      false,
    ]);
  });

  it('25,000 events end an execution, without a Catch', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const Work = task({ Resource: FUNCTION_ARN, Arguments: {}, Catch, Next: 'Again' });
    const ran = await runMachine(
      machine({ Work, Again: { Type: 'Pass', Next: 'Work' }, Caught: PASS }),
      {},
      answer({}),
    );
    expect(ran).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
    });
    expect([ran.types.length, ran.types.at(-1)]).toEqual([MAX_HISTORY_EVENTS, 'ExecutionFailed']);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/statemachine-structure.html (TimeoutSeconds of the
// machine)
it('a machine that exceeds its timeout is TIMED_OUT, and no Catch runs', async () => {
  const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
  const definition = machine({ Work: task({ Catch }), Caught: PASS }, { TimeoutSeconds: 20 });
  const ran = await runMachine(definition, {}, () => new Promise(() => undefined));
  expect([ran.status, ran.seconds, ran.types.at(-1)]).toEqual(['TIMED_OUT', 20, 'ExecutionTimedOut']);
});

it('many executions at once share the clock', async () => {
  const harness = new Harness();
  harness.register(machine({ Rest: { Type: 'Wait', Seconds: '{% $states.input.n %}', End: true } }));
  const views = await Promise.all(
    Array.from({ length: 100 }, async (_, n) => harness.view(await harness.start({ n }, `e${n}`))),
  );
  await Promise.all(views.map((view) => view.ended));
  expect(views.map((view) => ((view.stopMs ?? 0) - view.startMs) / 1000)).toEqual(views.map((_, n) => n));
});
