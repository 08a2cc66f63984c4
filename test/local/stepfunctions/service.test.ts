import type { HttpHandlerUserInput } from '@smithy/protocol-http';
import { HttpResponse } from '@smithy/protocol-http';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Changes } from 'taskbound-local/state/changes';
import { record } from '../state/recorded.ts';
import { AwsError } from 'taskbound-local/gateway/service';
import { answer, FUNCTION_ARN, Harness, MACHINE_ARN, machine, START_MS, task } from './harness.ts';

const SLEEPER = machine({
  Rest: { Type: 'Wait', Seconds: 60, Next: 'Done' },
  Done: { Type: 'Succeed', Output: { done: true } },
});
const executionArn = (name: string): string =>
  `arn:aws:states:eu-central-1:111122223333:execution:Machine:${name}`;

/** A real SDK client whose requests go straight to the service. */
function sdk(harness: Harness): SFNClient {
  const handle = async (request: { headers: Record<string, string>; body: Uint8Array }) => {
    const { 'x-amz-target': target = '' } = request.headers;
    const reply = await harness
      .api(target.replace('AWSStepFunctions.', ''), JSON.parse(new TextDecoder().decode(request.body)))
      .then(
        (body) => ({ status: 200, body: JSON.stringify(body) }),
        (error: unknown) => {
          if (!(error instanceof AwsError)) throw error;
          const rendered = harness.service.renderError(error, { requestId: 'r' });
          return { status: rendered.status, body: Buffer.from(rendered.body).toString('utf8') };
        },
      );
    const headers = { 'content-type': 'application/x-amz-json-1.0' };
    return {
      response: new HttpResponse({
        statusCode: reply.status,
        headers,
        body: Readable.from([Buffer.from(reply.body)]),
      }),
    };
  };
  const requestHandler = { handle } as unknown as HttpHandlerUserInput;
  return new SFNClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'A', secretAccessKey: 'S' },
    maxAttempts: 1,
    requestHandler,
  });
}

const withMachine = (definition: unknown = SLEEPER, changes?: Changes): Harness => {
  const harness = new Harness(answer('ok'), changes);
  harness.register(definition);
  return harness;
};

describe('through a real SFN client', () => {
  it('starts, describes, shows history, lists', async () => {
    const harness = withMachine();
    const client = sdk(harness);
    const started = await client.send(
      new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name: 'one', input: '{"n":1}' }),
    );
    expect(started).toMatchObject({ executionArn: executionArn('one'), startDate: new Date(START_MS) });
    const running = await client.send(new DescribeExecutionCommand({ executionArn: executionArn('one') }));
    expect(running).toMatchObject({
      status: 'RUNNING',
      input: '{"n":1}',
      stateMachineArn: MACHINE_ARN,
      name: 'one',
    });
    expect([running.stopDate, running.output]).toEqual([undefined, undefined]);
    await harness.view(executionArn('one')).ended;
    const done = await client.send(new DescribeExecutionCommand({ executionArn: executionArn('one') }));
    expect(done).toMatchObject({
      status: 'SUCCEEDED',
      output: '{"done":true}',
      stopDate: new Date(START_MS + 60_000),
    });
    const history = await client.send(new GetExecutionHistoryCommand({ executionArn: executionArn('one') }));
    expect(history.events).toEqual(harness.view(executionArn('one')).events);
    const listed = await client.send(new ListExecutionsCommand({ stateMachineArn: MACHINE_ARN }));
    expect(listed.executions).toEqual([
      expect.objectContaining({ name: 'one', status: 'SUCCEEDED', startDate: new Date(START_MS) }),
    ]);
    const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn: MACHINE_ARN }));
    expect(JSON.parse(described.definition ?? '')).toEqual(SLEEPER);
  });

  it('returns errors by their names', async () => {
    const harness = withMachine();
    const client = sdk(harness);
    const missing = client.send(new DescribeExecutionCommand({ executionArn: executionArn('none') }));
    await expect(missing).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
    harness.denied = 'states:StopExecution';
    const denied = client.send(new StopExecutionCommand({ executionArn: executionArn('one') }));
    await expect(denied).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('GetExecutionHistory', () => {
  it('returns pages, in either order, with or without data', async () => {
    const harness = withMachine(
      machine({ Work: task({ Resource: FUNCTION_ARN, Arguments: { secret: 'x' } }) }),
    );
    const arn = await harness.start({ secret: 'x' });
    await harness.view(arn).ended;
    const ids: unknown[] = [];
    let nextToken: unknown;
    do {
      const page = await harness.api('GetExecutionHistory', {
        executionArn: arn,
        maxResults: 3,
        reverseOrder: true,
        nextToken,
      });
      ids.push((page['events'] as { id: number }[]).map(({ id }) => id));
      nextToken = page['nextToken'];
    } while (nextToken !== undefined);
    expect(ids).toEqual([[7, 6, 5], [4, 3, 2], [1]]);
    const bare = await harness.api('GetExecutionHistory', { executionArn: arn, includeExecutionData: false });
    expect(JSON.stringify(bare)).not.toContain('secret');
    const full = await harness.api('GetExecutionHistory', { executionArn: arn });
    expect(JSON.stringify(full)).toContain('secret');
    await expect(
      harness.api('GetExecutionHistory', { executionArn: arn, nextToken: 'zzz' }),
    ).rejects.toMatchObject({ name: 'InvalidToken' });
  });
});

it('ListExecutions filters by status, newest first', async () => {
  const harness = withMachine();
  const first = await harness.start({}, 'first');
  await harness.view(first).ended;
  await harness.start({}, 'second');
  const names = async (fields: object): Promise<unknown> => {
    const { executions } = await harness.api('ListExecutions', { stateMachineArn: MACHINE_ARN, ...fields });
    return (executions as { name: string }[]).map(({ name }) => name);
  };
  expect(await names({})).toEqual(['second', 'first']);
  expect(await names({ maxResults: 1 })).toEqual(['second']);
  expect(await names({ statusFilter: 'SUCCEEDED' })).toEqual(['first']);
});

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
describe('authorization and CloudTrail', () => {
  it.each([
    ['StartExecution', { stateMachineArn: MACHINE_ARN, name: 'x' }, MACHINE_ARN, false],
    ['DescribeExecution', { executionArn: executionArn('one') }, executionArn('one'), true],
    ['GetExecutionHistory', { executionArn: executionArn('one') }, executionArn('one'), true],
    ['StopExecution', { executionArn: executionArn('one') }, executionArn('one'), false],
    ['ListExecutions', { stateMachineArn: MACHINE_ARN }, MACHINE_ARN, true],
    ['DescribeStateMachine', { stateMachineArn: MACHINE_ARN }, MACHINE_ARN, true],
  ])(
    '%s needs its own action and is recorded, even if refused',
    async (operation, input, resource, readOnly) => {
      const harness = withMachine();
      await harness.start();
      const before = JSON.stringify(harness.view(executionArn('one')).events);
      harness.checks.length = harness.records.length = 0;
      harness.denied = `states:${operation}`;
      await expect(harness.api(operation, input)).rejects.toMatchObject({ name: 'AccessDenied' });
      expect(harness.checks).toEqual([{ action: `states:${operation}`, resource }]);
      expect(harness.records).toEqual([expect.objectContaining({ eventName: operation, readOnly })]);
      expect(harness.service.executions()).toHaveLength(1);
      expect(JSON.stringify(harness.view(executionArn('one')).events)).toBe(before);
    },
  );

  it('does not record the input', async () => {
    const harness = withMachine();
    await harness.start({ secret: 'recognisable' });
    expect(JSON.stringify(harness.records)).not.toContain('recognisable');
  });

  it('has no other operation', async () => {
    await expect(withMachine().api('SendTaskSuccess', {})).rejects.toMatchObject({
      name: 'UnknownOperationException',
    });
  });
});

describe('for the tests and the reconciler', () => {
  it('reports each event and each end', async () => {
    const harness = withMachine();
    const heard: string[] = [];
    const stopListening = harness.service.onEvent(({ executionArn: arn, event }) =>
      heard.push(`${arn.split(':').at(-1)} ${event.type}`),
    );
    harness.service.onStatusChange((execution) => heard.push(`${execution.name} ${execution.status}`));
    await harness.view(await harness.start()).ended;
    const events = [
      'ExecutionStarted',
      'WaitStateEntered',
      'WaitStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
    ];
    expect(heard).toEqual([...events, 'ExecutionSucceeded', 'SUCCEEDED'].map((what) => `one ${what}`));
    stopListening();
    await harness.view(await harness.start({}, 'two')).ended;
    expect(heard.slice(7)).toEqual(['two SUCCEEDED']);
  });

  it('keeps finished executions across a restart, and aborts what ran and cannot continue', async () => {
    const changes = new Changes();
    const saved = record(changes);
    const harness = withMachine(SLEEPER, changes);
    await harness.view(await harness.start({ n: 1 }, 'finished')).ended;
    await harness.start({}, 'running');
    const restored = withMachine();
    const executions = (await saved()).executions.map(({ machine: _machine, ...rest }) => rest);
    restored.service.restore(executions)();
    const { ended: _ended, ...finished } = restored.view(executionArn('finished'));
    expect(finished).toMatchObject({ status: 'SUCCEEDED', output: '{"done":true}' });
    expect(finished.events).toEqual(harness.view(executionArn('finished')).events);
    const running = restored.view(executionArn('running'));
    expect(running).toMatchObject({ status: 'ABORTED', stopMs: START_MS });
    expect(running.events.at(-1)?.type).toBe('ExecutionAborted');
    await running.ended;
    const api = await restored.api('DescribeExecution', { executionArn: executionArn('finished') });
    expect(api['status']).toBe('SUCCEEDED');
  });
});
