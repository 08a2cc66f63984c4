import { describe, expect, it } from 'vitest';
import type { LambdaCall } from '../../../../packages/local/stepfunctions/run/machine.ts';
import {
  answer,
  FUNCTION_ARN,
  Harness,
  lambdaError,
  machine,
  ROLE_ARN,
  runMachine,
  task,
} from '../harness.ts';

const PASS = { Type: 'Pass', End: true };

// https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html (TimeoutSeconds)
describe('TimeoutSeconds', () => {
  const never = (): Promise<never> => new Promise(() => undefined);

  it.each([
    ['lambda:invoke', {}, 'TaskTimedOut'],
    ['a function', { Resource: FUNCTION_ARN }, 'LambdaFunctionTimedOut'],
    ['an expression', { TimeoutSeconds: '{% 20 + 10 %}' }, 'TaskTimedOut'],
  ])('%s fails with States.Timeout after that time', async (_name, fields, type) => {
    const ran = await runMachine(machine({ Work: task({ TimeoutSeconds: 30, ...fields }) }), {}, never);
    expect([ran.status, ran.error, ran.cause, ran.seconds]).toEqual([
      'FAILED',
      'States.Timeout',
      undefined,
      30,
    ]);
    expect(ran.types.slice(-2)).toEqual([type, 'ExecutionFailed']);
    expect(ran.view.events.at(-1)?.previousEventId).toBe(5);
  });

  it('gives a caught timeout an empty Cause, so that an expression on it evaluates', async () => {
    const Catch = [{ ErrorEquals: ['States.Timeout'], Next: 'Caught', Output: '{% $states.errorOutput %}' }];
    const ran = await runMachine(
      machine({ Work: task({ TimeoutSeconds: 1, Catch }), Caught: PASS }),
      {},
      never,
    );
    expect(ran.output).toEqual({ Error: 'States.Timeout', Cause: '' });
  });

  it('restarts for each attempt', async () => {
    const Retry = [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 1, IntervalSeconds: 5 }];
    const ran = await runMachine(machine({ Work: task({ TimeoutSeconds: 10, Retry }) }), {}, never);
    expect([ran.error, ran.seconds]).toEqual(['States.Timeout', 25]);
  });

  it('leaves no timer behind when the function was in time', async () => {
    const ran = await runMachine(
      machine({ Work: task({ TimeoutSeconds: 10 }) }, { TimeoutSeconds: 20 }),
      {},
      answer(1),
    );
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect([ran.status, ran.harness.clock.nowMs()]).toEqual(['SUCCEEDED', ran.view.startMs]);
  });

  it('aborts the signal of the call, but does not stop the function', async () => {
    let finishedAt = 0;
    let abandoned = false;
    const slow = async ({ signal }: LambdaCall): Promise<{ payload: unknown; executedVersion: string }> => {
      signal.addEventListener('abort', () => (abandoned = true));
      await harnessClock().sleep(60_000);
      finishedAt = harnessClock().nowMs();
      return { payload: 'late', executedVersion: '1' };
    };
    const harness = new Harness(slow);
    const harnessClock = () => harness.clock;
    harness.register(machine({ Work: task({ TimeoutSeconds: 10 }) }));
    const view = harness.view(await harness.start());
    await view.ended;
    expect([view.error, view.stopMs, abandoned, finishedAt]).toEqual([
      'States.Timeout',
      view.startMs + 10_000,
      true,
      0,
    ]);
    await harness.clock.sleep(50_000);
    expect(finishedAt).toBe(view.startMs + 60_000);
    expect(view.events.at(-1)?.type).toBe('ExecutionFailed');
  });

  it.each([
    ['"soon"', `returned an unexpected result type. Expected 'number', but was 'string' for value: "soon"`],
    ['1.5', 'The TimeoutSeconds field cannot be parsed as an integer: 1.5'],
    ['0', 'The TimeoutSeconds field must be between 1 and 99999999, but was: 0'],
  ])('refuses the result %s', async (expression, text) => {
    const ran = await runMachine(
      machine({ Work: task({ TimeoutSeconds: `{% ${expression} %}` }) }),
      {},
      never,
    );
    expect(ran.error).toBe('States.QueryEvaluationError');
    expect(ran.cause).toContain(text);
  });
});

describe('the call of Lambda', () => {
  const seen = async (fields: Record<string, unknown>): Promise<[LambdaCall, unknown]> => {
    const calls: LambdaCall[] = [];
    const ran = await runMachine(machine({ Work: task(fields) }), { n: 1 }, (call) => {
      calls.push(call);
      return Promise.resolve({ payload: { ok: true }, executedVersion: '3' });
    });
    return [calls[0] as LambdaCall, ran.output];
  };

  it('lambda:invoke passes Payload and Qualifier, and wraps the result', async () => {
    const [call, output] = await seen({
      Arguments: { FunctionName: FUNCTION_ARN, Qualifier: '3', Payload: '{% $states.input %}' },
    });
    expect(call).toMatchObject({ functionName: `${FUNCTION_ARN}:3`, payload: { n: 1 }, roleArn: ROLE_ARN });
    expect(call.executionArn).toBe('arn:aws:states:eu-central-1:111122223333:execution:Machine:one');
    expect(output).toMatchObject({ ExecutedVersion: '3', Payload: { ok: true }, StatusCode: 200 });
  });

  it('a function ARN passes the Arguments, and its result is the payload', async () => {
    const [call, output] = await seen({
      Resource: FUNCTION_ARN,
      Arguments: { from: '{% $states.input.n %}' },
    });
    expect(call).toMatchObject({ functionName: FUNCTION_ARN, payload: { from: 1 } });
    expect(output).toEqual({ ok: true });
  });

  it('an asynchronous call is not supported, and no Catch hides that', async () => {
    const Arguments = { FunctionName: 'work', InvocationType: 'Event' };
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const ran = await runMachine(machine({ Work: task({ Arguments, Catch }), Caught: PASS }), {}, answer(1));
    expect([ran.status, ran.error]).toEqual(['FAILED', 'States.Runtime']);
    expect(ran.cause).toContain('InvocationType');
  });

  it('a function error becomes the error of the execution', async () => {
    const ran = await runMachine(machine({ Work: task() }), {}, () =>
      Promise.reject(lambdaError('PolicyTooLarge', '2,049')),
    );
    expect([ran.error, JSON.parse(ran.cause ?? '')]).toEqual([
      'PolicyTooLarge',
      expect.objectContaining({ errorMessage: '2,049' }),
    ]);
  });
});
