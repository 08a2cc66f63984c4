import { describe, expect, it } from 'vitest';
import { NAME_REUSE_MS } from '../../../../packages/local/stepfunctions/limits.ts';
import { answer, Harness, MACHINE_ARN, machine, START_MS, task } from '../harness.ts';

const SLEEPER = machine({
  Rest: { Type: 'Wait', Seconds: 60, Next: 'Done' },
  Done: { Type: 'Succeed', Output: { done: true } },
});
const withMachine = (definition: unknown = SLEEPER): Harness => {
  const harness = new Harness(answer('ok'));
  harness.register(definition);
  return harness;
};

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
describe('StartExecution', () => {
  it('is idempotent for the same name and input while running, and only then', async () => {
    const harness = withMachine();
    const arn = await harness.start({ n: 1 });
    await harness.clock.sleep(5000);
    expect(
      await harness.api('StartExecution', { stateMachineArn: MACHINE_ARN, name: 'one', input: '{"n":1}' }),
    ).toEqual({
      executionArn: arn,
      startDate: START_MS / 1000,
    });
    await expect(harness.start({ n: 2 })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    expect(harness.service.executions()).toHaveLength(1);
    await harness.view(arn).ended;
    await expect(harness.start({ n: 1 })).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
    await harness.clock.sleep(NAME_REUSE_MS);
    await harness.start({ n: 3 });
    expect(harness.view(arn).input).toBe('{"n":3}');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['a name with a dot', { name: 'a.b' }, 'InvalidName'],
    ['an empty name', { name: '' }, 'InvalidName'],
    ['81 characters', { name: 'a'.repeat(81) }, 'InvalidName'],
    ['input that is not JSON', { input: 'not json' }, 'InvalidExecutionInput'],
    ['empty input', { input: '' }, 'InvalidExecutionInput'],
    ['input over 262,144 bytes', { input: JSON.stringify('é'.repeat(131_072)) }, 'ValidationException'],
    ['an unknown machine', { stateMachineArn: `${MACHINE_ARN}2` }, 'StateMachineDoesNotExist'],
    ['an ARN of something else', { stateMachineArn: 'arn:aws:s3:::bucket' }, 'InvalidArn'],
    ['no machine', { stateMachineArn: undefined }, 'ValidationException'],
  ])('refuses %s', async (_what, fields, name) => {
    const harness = withMachine();
    const asked = harness.api('StartExecution', {
      stateMachineArn: MACHINE_ARN,
      name: 'one',
      input: '{}',
      ...fields,
    });
    await expect(asked).rejects.toMatchObject({ name });
    expect(harness.service.executions()).toEqual([]);
  });

  it('accepts 80 characters and any JSON, and generates a name', async () => {
    const harness = withMachine();
    await harness.start(null, 'a'.repeat(80));
    const { executionArn: arn } = await harness.api('StartExecution', { stateMachineArn: MACHINE_ARN });
    expect(arn).toMatch(/:[0-9a-f-]{36}$/);
    expect(harness.view(String(arn)).input).toBe('{}');
  });

  it('keeps the definition that a running execution was started with', async () => {
    const harness = withMachine();
    const arn = await harness.start();
    harness.register(machine({ Other: { Type: 'Fail', Error: 'New' } }));
    await harness.view(arn).ended;
    expect(harness.view(arn).output).toBe('{"done":true}');
    const next = await harness.start({}, 'two');
    await harness.view(next).ended;
    expect(harness.view(next).error).toBe('New');
  });
});

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StopExecution.html
describe('StopExecution', () => {
  it('ends a Wait at once', async () => {
    const harness = withMachine();
    const arn = await harness.start();
    await harness.clock.sleep(5000);
    const stopped = await harness.api('StopExecution', {
      executionArn: arn,
      error: 'Stopped',
      cause: 'by hand',
    });
    expect(stopped).toEqual({ stopDate: START_MS / 1000 + 5 });
    expect(harness.view(arn)).toMatchObject({ status: 'ABORTED', error: 'Stopped', cause: 'by hand' });
    await harness.clock.sleep(120_000);
    expect(harness.view(arn).events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'ExecutionAborted',
    ]);
    expect(await harness.api('StopExecution', { executionArn: arn })).toEqual(stopped);
    expect(harness.view(arn).error).toBe('Stopped');
  });

  it('ends an execution in the middle of an expression', async () => {
    const harness = withMachine(
      machine({ Add: { Type: 'Pass', Output: '{% 1 + 1 %}', Next: 'Done' }, Done: { Type: 'Succeed' } }),
    );
    const arn = await harness.start();
    await harness.api('StopExecution', { executionArn: arn });
    await harness.clock.sleep(1);
    const { status, events } = harness.view(arn);
    expect([status, events.map(({ type }) => type)]).toEqual([
      'ABORTED',
      ['ExecutionStarted', 'PassStateEntered', 'ExecutionAborted'],
    ]);
  });

  it('aborts the signal of the call', async () => {
    let signal: AbortSignal | undefined;
    const harness = new Harness((call) => {
      signal = call.signal;
      return new Promise(() => undefined);
    });
    harness.register(machine({ Work: task() }));
    const arn = await harness.start();
    await harness.clock.sleep(1);
    expect(signal?.aborted).toBe(false);
    await harness.api('StopExecution', { executionArn: arn });
    await harness.clock.sleep(1);
    expect(signal?.aborted).toBe(true);
  });

  it('runs no Catch and no Retry of a Task, and ignores a later result of its function', async () => {
    let finish: (value: { payload: unknown; executedVersion: string }) => void = () => undefined;
    const harness = new Harness(() => new Promise((resolve) => (finish = resolve)));
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }];
    const Retry = [{ ErrorEquals: ['States.ALL'] }];
    harness.register(machine({ Work: task({ Catch, Retry }), Caught: { Type: 'Succeed' } }));
    const arn = await harness.start();
    await harness.clock.sleep(1000);
    await harness.api('StopExecution', { executionArn: arn });
    finish({ payload: 'late', executedVersion: '1' });
    await harness.clock.sleep(1000);
    const types = harness.view(arn).events.map(({ type }) => type);
    expect(types).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'ExecutionAborted',
    ]);
  });
});
