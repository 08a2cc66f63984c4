import { describe, expect, it } from 'vitest';
import { answer, failWith, machine, runMachine, task } from '../harness.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
const PASS = { Type: 'Pass', End: true };

describe('Retry', () => {
  const retried = (retry: Record<string, unknown>): unknown =>
    machine({ Work: task({ Retry: [{ ErrorEquals: ['Busy'], ...retry }] }) });

  it.each([
    ['defaults: 3 attempts after 1, 2 and 4 s', {}, 3, 'SUCCEEDED', 7],
    ['the fourth failure is one too many', {}, 4, 'FAILED', 7],
    ['MaxAttempts 0 never retries', { MaxAttempts: 0 }, 1, 'FAILED', 0],
    [
      'IntervalSeconds and BackoffRate',
      { IntervalSeconds: 3, BackoffRate: 1.5, MaxAttempts: 2 },
      2,
      'SUCCEEDED',
      7.5,
    ],
    [
      'MaxDelaySeconds caps each wait',
      { IntervalSeconds: 10, MaxAttempts: 4, MaxDelaySeconds: 15 },
      4,
      'SUCCEEDED',
      55,
    ],
    [
      'JitterStrategy FULL waits at most as long',
      { IntervalSeconds: 4, JitterStrategy: 'FULL' },
      1,
      'SUCCEEDED',
      4,
    ],
  ])('%s', async (_rule, retry, failures, status, seconds) => {
    const ran = await runMachine(retried(retry), {}, failWith(Array<string>(failures).fill('Busy')));
    expect([ran.status, ran.seconds]).toEqual([status, seconds]);
  });

  it('counts each retrier separately, and uses the first that matches the error', async () => {
    const Retry = [
      { ErrorEquals: ['A'], MaxAttempts: 1 },
      { ErrorEquals: ['B'], MaxAttempts: 1, IntervalSeconds: 5 },
    ];
    const both = await runMachine(machine({ Work: task({ Retry }) }), {}, failWith(['A', 'B']));
    expect([both.status, both.seconds]).toEqual(['SUCCEEDED', 6]);
    const again = await runMachine(machine({ Work: task({ Retry }) }), {}, failWith(['A', 'B', 'A']));
    expect([again.status, again.error]).toEqual(['FAILED', 'A']);
  });

  it('schedules again without entering the state again, and counts in the context object', async () => {
    const Output = { retries: '{% $states.context.State.RetryCount %}' };
    const ran = await runMachine(
      machine({ Work: task({ Retry: [{ ErrorEquals: ['Busy'] }], Output }) }),
      {},
      failWith(['Busy']),
    );
    expect(ran.types).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      ...['TaskScheduled', 'TaskStarted', 'TaskFailed'],
      ...['TaskScheduled', 'TaskStarted', 'TaskSucceeded'],
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(ran.output).toEqual({ retries: 1 });
  });

  it('comes before Catch', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const Retry = [{ ErrorEquals: ['Busy'], MaxAttempts: 1 }];
    const definition = machine({ Work: task({ Retry, Catch }), Caught: PASS });
    expect((await runMachine(definition, {}, failWith(['Busy']))).output).toMatchObject({ Payload: 'done' });
    expect((await runMachine(definition, {}, failWith(['Busy', 'Busy']))).output).toMatchObject({
      Error: 'Busy',
    });
  });
});

describe('Catch', () => {
  const caughtBy = (errorEquals: string[], fields: Record<string, unknown> = {}): unknown =>
    machine({
      Work: task({ Catch: [{ ErrorEquals: errorEquals, Next: 'Caught' }], ...fields }),
      Caught: PASS,
    });

  it.each([
    ['by name', ['Busy'], 'Busy', true],
    ['not by another name', ['Idle'], 'Busy', false],
    ['States.ALL', ['States.ALL'], 'Busy', true],
    ['States.TaskFailed matches any error', ['States.TaskFailed'], 'Busy', true],
    ['States.TaskFailed does not match a timeout', ['States.TaskFailed'], 'States.Timeout', false],
    ['States.ALL matches a timeout', ['States.ALL'], 'States.Timeout', true],
    ['States.Runtime is not caught by States.ALL', ['States.ALL'], 'States.Runtime', false],
    ['States.Runtime is not caught by its name', ['States.Runtime'], 'States.Runtime', false],
    ['States.DataLimitExceeded is caught by States.ALL', ['States.ALL'], 'States.DataLimitExceeded', true],
    [
      'States.DataLimitExceeded is not caught by States.TaskFailed',
      ['States.TaskFailed'],
      'States.DataLimitExceeded',
      false,
    ],
    [
      'States.DataLimitExceeded is caught by its name',
      ['States.DataLimitExceeded'],
      'States.DataLimitExceeded',
      true,
    ],
  ])('%s', async (_rule, errorEquals, error, caught) => {
    const ran = await runMachine(caughtBy(errorEquals), {}, failWith([error]));
    expect(ran.status).toBe(caught ? 'SUCCEEDED' : 'FAILED');
    if (caught) expect(ran.output).toMatchObject({ Error: error });
    else expect(ran.error).toBe(error);
  });

  it('provides error output, input and variables to Output and Assign, but no result', async () => {
    const Catch = [
      {
        ErrorEquals: ['States.ALL'],
        Next: 'Caught',
        Assign: { failure: '{% $states.errorOutput.Error %}', had: '{% "result" in $keys($states) %}' },
        Output: { was: '{% $states.input.n %}', why: '{% $parse($states.errorOutput.Cause).errorMessage %}' },
      },
    ];
    const Caught = {
      ...PASS,
      Output: { in: '{% $states.input %}', failure: '{% $failure %}', had: '{% $had %}' },
    };
    const ran = await runMachine(machine({ Work: task({ Catch }), Caught }), { n: 1 }, failWith(['Busy']));
    expect(ran.output).toEqual({ in: { was: 1, why: 'failed' }, failure: 'Busy', had: false });
    const exited = ran.view.events.find((event) => event.type === 'TaskStateExited');
    expect(exited?.stateExitedEventDetails?.assignedVariables).toEqual({ failure: '"Busy"', had: 'false' });
  });

  it('does not assign what the state itself would have assigned', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const Caught = { ...PASS, Output: '{% $exists($work) %}' };
    const ran = await runMachine(
      machine({ Work: task({ Assign: { work: 1 }, Catch }), Caught }),
      {},
      failWith(['Busy']),
    );
    expect(ran.output).toBe(false);
  });

  it.each(['Arguments', 'Output', 'Assign', 'TimeoutSeconds'])(
    'catches a failing expression of %s',
    async (field) => {
      const broken = field === 'TimeoutSeconds' ? '{% $nothing %}' : { a: '{% $nothing %}' };
      const ran = await runMachine(
        caughtBy(['States.QueryEvaluationError'], { [field]: broken }),
        {},
        answer('x'),
      );
      expect(ran.status).toBe('SUCCEEDED');
      expect(ran.types).toContain('EvaluationFailed');
      expect(ran.output).toEqual({
        Error: 'States.QueryEvaluationError',
        Cause: expect.stringMatching(
          /^An error occurred while executing the state 'Work' \(entered at the event id #2\)\. The JSONata/,
        ),
      });
    },
  );

  it.each(['Output', 'Assign'])('does not catch a failing expression of its own %s', async (field) => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught', [field]: { a: '{% $nothing %}' } }];
    const ran = await runMachine(machine({ Work: task({ Catch }), Caught: PASS }), {}, failWith(['Busy']));
    expect([ran.status, ran.error]).toEqual(['FAILED', 'States.QueryEvaluationError']);
    expect(ran.view.events.at(-2)?.evaluationFailedEventDetails?.location).toBe(`Catch[0]/${field}/a`);
  });
});
