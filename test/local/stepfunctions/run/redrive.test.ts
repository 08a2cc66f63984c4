import { describe, expect, it } from 'vitest';
import { Changes } from 'taskbound-local/state/changes';
import { record } from '../../state/recorded.ts';
import type { InvokeLambda } from '../../../../packages/local/stepfunctions/run/machine.ts';
import { Harness, MACHINE_ARN, START_MS, failWith, machine, task } from '../harness.ts';

const DAY_MS = 86_400_000;
const types = (harness: Harness, arn: string): string[] =>
  harness.view(arn).events.map(({ type }) => String(type));

const TWO_STEPS = machine({
  First: { Type: 'Pass', Assign: { kept: '{% $states.input.n %}' }, Output: 'from first', Next: 'Work' },
  Work: task({
    Arguments: {
      FunctionName: 'work',
      Payload: {
        input: '{% $states.input %}',
        kept: '{% $kept %}',
        redriven: '{% $states.context.Execution.RedriveCount %}',
        retries: '{% $states.context.State.RetryCount %}',
      },
    },
    Output: '{% $states.result.Payload %}',
    Retry: [{ ErrorEquals: ['Twice'], IntervalSeconds: 1, MaxAttempts: 1 }],
  }),
});

async function failed(invoke: InvokeLambda = failWith(['Broken']), changes?: Changes) {
  const payloads: unknown[] = [];
  const harness = new Harness((call) => {
    payloads.push(call.payload);
    return invoke(call);
  }, changes);
  harness.register(TWO_STEPS);
  const arn = await harness.start({ n: 7 });
  await harness.view(arn).ended;
  const redrive = (clientToken?: string) =>
    harness.api('RedriveExecution', { executionArn: arn, clientToken });
  return { harness, arn, payloads, redrive };
}

// https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
describe('RedriveExecution', () => {
  it("continues at the failed state with that state's input and variables, in the same execution", async () => {
    const { harness, arn, payloads, redrive } = await failed();
    const before = harness.view(arn);
    expect(before).toMatchObject({ status: 'FAILED', error: 'Broken', redriveCount: 0 });
    await harness.clock.sleep(60_000);
    expect(await redrive()).toEqual({ redriveDate: START_MS / 1000 + 60 });
    expect(harness.view(arn)).toMatchObject({ status: 'RUNNING', startMs: START_MS, stopMs: undefined });
    await harness.view(arn).ended;
    expect(harness.view(arn)).toMatchObject({ status: 'SUCCEEDED', output: '"done"', redriveCount: 1 });
    expect(payloads).toEqual([
      { input: 'from first', kept: 7, redriven: 0, retries: 0 },
      { input: 'from first', kept: 7, redriven: 1, retries: 0 },
    ]);
    expect(types(harness, arn).slice(3)).toEqual([
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskFailed',
      'ExecutionFailed',
      'ExecutionRedriven',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    const { events } = harness.view(arn);
    expect(events.map(({ id }) => id)).toEqual(events.map((_event, index) => index + 1));
    expect(events[8]?.executionRedrivenEventDetails).toEqual({ redriveCount: 1 });
    expect(before.status, 'the ended attempt is unchanged').toBe('FAILED');
  });

  it('counts the redrives, and restarts the retries for each', async () => {
    const { harness, arn, payloads, redrive } = await failed(failWith(['Twice', 'Twice', 'Twice', 'Twice']));
    await redrive();
    await harness.view(arn).ended;
    expect(harness.view(arn)).toMatchObject({ status: 'FAILED', error: 'Twice', redriveCount: 1 });
    await redrive();
    await harness.view(arn).ended;
    expect(payloads.map((payload) => Object.values(payload as object).slice(2))).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
      [2, 0],
    ]);
    const described = await harness.api('DescribeExecution', { executionArn: arn });
    expect(described).toMatchObject({
      redriveCount: 2,
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    });
  });

  it('resumes a stopped Wait at the Wait, and nothing of the stopped attempt continues', async () => {
    const harness = new Harness();
    harness.register(
      machine({ Rest: { Type: 'Wait', Seconds: 60, Next: 'Done' }, Done: { Type: 'Succeed' } }),
    );
    const arn = await harness.start();
    await harness.clock.sleep(30_000);
    await harness.api('StopExecution', { executionArn: arn });
    await harness.api('RedriveExecution', { executionArn: arn });
    await harness.view(arn).ended;
    expect(harness.view(arn)).toMatchObject({ status: 'SUCCEEDED', stopMs: START_MS + 90_000 });
    expect(types(harness, arn)).toEqual([
      'ExecutionStarted',
      'WaitStateEntered',
      'ExecutionAborted',
      'ExecutionRedriven',
      'WaitStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it("restarts the machine's timeout", async () => {
    const harness = new Harness();
    harness.register(
      machine(
        { Rest: { Type: 'Wait', Seconds: 60, Next: 'Done' }, Done: { Type: 'Succeed' } },
        { TimeoutSeconds: 50 },
      ),
    );
    const arn = await harness.start();
    await harness.view(arn).ended;
    await harness.clock.sleep(1_000_000);
    await harness.api('RedriveExecution', { executionArn: arn });
    await harness.view(arn).ended;
    expect(harness.view(arn)).toMatchObject({ status: 'TIMED_OUT', stopMs: START_MS + 1_100_000 });
  });

  it('keeps the definition that the execution was started with', async () => {
    const { harness, arn, redrive } = await failed();
    harness.register(machine({ Other: { Type: 'Fail', Error: 'New' } }));
    await redrive();
    await harness.view(arn).ended;
    expect(harness.view(arn).status).toBe('SUCCEEDED');
  });

  it('redrives only once for the same token, for 15 minutes', async () => {
    const { harness, arn, redrive } = await failed(failWith(['Broken', 'Broken', 'Broken']));
    const first = await redrive('token');
    await harness.view(arn).ended;
    await harness.clock.sleep(899_000);
    expect(await redrive('token')).toEqual(first);
    expect(harness.view(arn).redriveCount).toBe(1);
    await harness.clock.sleep(2_000);
    await redrive('token');
    expect(harness.view(arn).redriveCount).toBe(2);
  });

  it('is possible for 14 days', async () => {
    const { harness, redrive } = await failed();
    await harness.clock.sleep(14 * DAY_MS);
    await expect(redrive()).resolves.toBeDefined();
    const late = await failed();
    await late.harness.clock.sleep(14 * DAY_MS + 1);
    await expect(late.redrive()).rejects.toMatchObject({
      name: 'ExecutionNotRedrivable',
      message: expect.stringContaining('redrivable period exceeded'),
    });
  });

  it.each<[string, string]>([
    ['RUNNING', 'Execution is RUNNING and cannot be redriven'],
    ['SUCCEEDED', 'Execution is SUCCEEDED and cannot be redriven'],
  ])('refuses an execution that is %s', async (status, reason) => {
    const harness = new Harness();
    harness.register(
      machine({ Rest: { Type: 'Wait', Seconds: 60, Next: 'Done' }, Done: { Type: 'Succeed' } }),
    );
    const executionArn = await harness.start();
    if (status === 'SUCCEEDED') await harness.view(executionArn).ended;
    await expect(harness.api('RedriveExecution', { executionArn })).rejects.toMatchObject({
      name: 'ExecutionNotRedrivable',
      message: expect.stringContaining(reason),
    });
    expect(harness.view(executionArn).status).toBe(status);
  });

  it('needs its own action, and is recorded', async () => {
    const { harness, arn, redrive } = await failed();
    harness.checks.length = harness.records.length = 0;
    harness.denied = 'states:RedriveExecution';
    await expect(redrive()).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(harness.checks).toEqual([{ action: 'states:RedriveExecution', resource: arn }]);
    expect(harness.records).toEqual([
      expect.objectContaining({ eventName: 'RedriveExecution', readOnly: false }),
    ]);
    const unknown = { executionArn: arn.replace(/one$/, 'other') };
    harness.denied = undefined;
    await expect(harness.api('RedriveExecution', unknown)).rejects.toMatchObject({
      name: 'ExecutionDoesNotExist',
    });
  });

  it('reports every status, including the redrive', async () => {
    const harness = new Harness(failWith(['Broken']));
    harness.register(TWO_STEPS);
    const heard: string[] = [];
    harness.service.onEveryStatus(({ status, redriveCount }) => heard.push(`${status} ${redriveCount}`));
    const executionArn = await harness.start({ n: 1 });
    await harness.view(executionArn).ended;
    await harness.api('RedriveExecution', { executionArn });
    await harness.view(executionArn).ended;
    expect(heard).toEqual(['RUNNING 0', 'FAILED 0', 'RUNNING 1', 'SUCCEEDED 1']);
  });

  it('refuses an execution that ended before a restart, and keeps its count', async () => {
    const changes = new Changes();
    const saved = record(changes);
    const { harness, arn, redrive } = await failed(failWith(['Broken', 'Broken']), changes);
    await redrive();
    await harness.view(arn).ended;
    const restored = new Harness();
    restored.register(TWO_STEPS);
    restored.service.restore((await saved()).executions);
    expect(restored.view(arn)).toMatchObject({ redriveCount: 1, stateMachineArn: MACHINE_ARN });
    await expect(restored.api('RedriveExecution', { executionArn: arn })).rejects.toMatchObject({
      name: 'ExecutionNotRedrivable',
    });
  });
});
