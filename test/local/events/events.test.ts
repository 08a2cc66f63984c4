import { SFNClient, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { START_MS } from '../support.ts';
import { MACHINE_ARN, SINK_ARN, eventsTemplate, loadEvents, ofType } from './stack.ts';

type Loaded = Awaited<ReturnType<typeof loadEvents>>;

async function startExecution({ aws }: Loaded, input: object, name = 'one') {
  const states = new SFNClient(aws.clientConfig());
  const { executionArn = '' } = await states.send(
    new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name, input: JSON.stringify(input) }),
  );
  return {
    executionArn,
    stop: () => states.send(new StopExecutionCommand({ executionArn, error: 'Stopped' })),
  };
}

const detailOf = ({ event }: { event: Record<string, unknown> }) =>
  event['detail'] as Record<string, unknown>;

// https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
describe('Step Functions Execution Status Change', () => {
  it('reaches the function of a matching rule, in the format of AWS', async () => {
    const loaded = await loadEvents();
    const { executionArn } = await startExecution(loaded, { fail: true });
    await loaded.clock.sleep(1_000);
    expect(loaded.received().map(({ event }) => event)).toEqual([
      {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        'detail-type': 'Step Functions Execution Status Change',
        source: 'aws.states',
        account: '111122223333',
        time: '2026-11-23T10:00:00Z',
        region: 'eu-central-1',
        resources: [executionArn],
        detail: {
          executionArn,
          stateMachineArn: MACHINE_ARN,
          stateMachineVersionArn: null,
          stateMachineAliasArn: null,
          name: 'one',
          status: 'FAILED',
          startDate: START_MS,
          stopDate: START_MS,
          input: '{"fail":true}',
          inputDetails: { included: true },
          output: null,
          outputDetails: null,
          error: 'Broken',
          cause: 'told to',
          redriveCount: 0,
          redriveDate: null,
          redriveStatus: 'REDRIVABLE',
          redriveStatusReason: null,
        },
      },
    ]);
    const invoke = loaded.aws.trail.find(({ eventName }) => eventName === 'Invoke');
    expect(invoke?.userIdentity).toEqual({ type: 'AWSService', invokedBy: 'events.amazonaws.com' });
  });

  it.each<[string, object, boolean, string[]]>([
    ['a success', {}, false, ['SUCCEEDED']],
    ['a stop', { wait: true }, true, ['ABORTED']],
    ['a start, when the pattern matches it', { wait: true }, false, ['RUNNING']],
  ])('reports %s', async (_what, input, stops, statuses) => {
    const template = eventsTemplate();
    const [rule] = ofType(template, 'AWS::Events::Rule');
    if (statuses.includes('RUNNING'))
      Object.assign((rule?.Properties['EventPattern'] as { detail: object }).detail, { status: ['RUNNING'] });
    const loaded = await loadEvents(template);
    const { stop } = await startExecution(loaded, input);
    if (stops) await stop();
    await loaded.clock.sleep(1_000);
    expect(loaded.received().map((one) => detailOf(one)['status'])).toEqual(statuses);
  });

  it('omits data that is too long for an event', async () => {
    const loaded = await loadEvents();
    await startExecution(loaded, { fail: true, long: 'x'.repeat(254_000) });
    await loaded.clock.sleep(1_000);
    const [detail] = loaded.received().map(detailOf);
    expect([detail?.['input'], detail?.['inputDetails']]).toEqual([null, { included: false }]);
  });

  it('is not sent by a disabled rule or for another machine', async () => {
    for (const change of [
      { State: 'DISABLED' },
      { EventPattern: { source: ['aws.states'], detail: { stateMachineArn: [`${MACHINE_ARN}2`] } } },
      { EventPattern: { source: [{ prefix: 'aws.ec2' }] } },
    ]) {
      const template = eventsTemplate();
      Object.assign(ofType(template, 'AWS::Events::Rule')[0]?.Properties ?? {}, change);
      const loaded = await loadEvents(template);
      await startExecution(loaded, {});
      await loaded.clock.sleep(1_000);
      expect(loaded.received()).toEqual([]);
    }
  });
});

describe('the delivery hook', () => {
  it.each<[string, number[], number[]]>([
    ['loses', [], []],
    ['delays', [3_600_000], [3_600]],
    ['repeats', [0, 60_000], [0, 60]],
  ])('%s an event', async (_what, delays, seconds) => {
    const loaded = await loadEvents();
    const asked: unknown[] = [];
    loaded.aws.events.delivery = (event, destination) => {
      asked.push([event.detail['status'], destination]);
      return delays;
    };
    await startExecution(loaded, { fail: true });
    await loaded.clock.sleep(4_000_000);
    expect(asked).toEqual([['FAILED', { ruleName: 'changes', functionArn: SINK_ARN }]]);
    expect(loaded.received().map((one) => one.seconds)).toEqual(seconds);
    const ids = new Set(loaded.received().map(({ event }) => event['id']));
    expect(ids.size, 'repeated with its id').toBeLessThanOrEqual(1);
  });
});

describe('a failed delivery', () => {
  /** Without the statement that allows this rule to invoke the function. */
  function withoutPermission() {
    const template = eventsTemplate();
    const permission = Object.entries(template.Resources).find(
      ([id, { Type }]) => Type === 'AWS::Lambda::Permission' && id.startsWith('Changes'),
    );
    delete template.Resources[permission?.[0] ?? ''];
    return template;
  }

  it('goes to the dead-letter queue at once when the function does not allow the rule', async () => {
    const loaded = await loadEvents(withoutPermission());
    await startExecution(loaded, { fail: true });
    await loaded.clock.sleep(1_000);
    expect(loaded.received()).toEqual([]);
    const [letter, ...more] = loaded.dead();
    expect(more).toEqual([]);
    expect(letter?.attributes).toEqual({
      RULE_ARN: 'arn:aws:events:eu-central-1:111122223333:rule/changes',
      TARGET_ARN: SINK_ARN,
      ERROR_CODE: 'NO_PERMISSIONS',
      ERROR_MESSAGE: expect.stringContaining(
        'User: events.amazonaws.com is not authorized to perform: lambda:InvokeFunction',
      ),
      RETRY_ATTEMPTS: '0',
    });
    expect(JSON.parse(letter?.body ?? '')).toMatchObject({ detail: { status: 'FAILED' } });
  });

  it('is lost when the queue does not allow the rule either', async () => {
    const template = withoutPermission();
    for (const [id, { Type }] of Object.entries(template.Resources))
      if (Type === 'AWS::SQS::QueuePolicy') delete template.Resources[id];
    const loaded = await loadEvents(template);
    await startExecution(loaded, { fail: true });
    await loaded.clock.sleep(1_000);
    expect(loaded.dead()).toEqual([]);
    expect(loaded.aws.events.failures).toMatchObject([
      {
        errorCode: 'NO_PERMISSIONS',
        inQueue: false,
        letterError: expect.stringContaining('not authorized to perform: sqs:SendMessage'),
      },
    ]);
  });

  it.each(["another rule's ARN", 'another account'])(
    'needs the permission to name the rule: %s',
    async (what) => {
      const template = eventsTemplate();
      for (const { Properties } of ofType(template, 'AWS::Lambda::Permission')) {
        if (what === 'another account') Object.assign(Properties, { SourceAccount: '999999999999' });
        else Object.assign(Properties, { SourceArn: 'arn:aws:events:eu-central-1:111122223333:rule/other' });
      }
      const loaded = await loadEvents(template);
      await startExecution(loaded, {});
      await loaded.clock.sleep(1_000);
      expect(loaded.aws.events.failures).toMatchObject([{ errorCode: 'NO_PERMISSIONS', inQueue: true }]);
    },
  );

  it('is retried while Lambda is down, then abandoned', async () => {
    const loaded = await loadEvents();
    const attempts: number[] = [];
    loaded.aws.intercept = ({ service, atMs }) => {
      if (service !== 'lambda') return 'proceed';
      attempts.push((atMs - START_MS) / 1_000);
      return { refuse: { name: 'ServiceException', message: 'down', status: 500 } };
    };
    await startExecution(loaded, {});
    await loaded.clock.sleep(100_000);
    expect(attempts).toEqual([0, 1, 3, 7]);
    expect(loaded.dead().map(({ attributes }) => attributes)).toMatchObject([
      {
        ERROR_CODE: 'ServiceException',
        RETRY_ATTEMPTS: '3',
        EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      },
    ]);
  });

  it('may be delivered twice when an answer is lost', async () => {
    const loaded = await loadEvents();
    let lost = false;
    loaded.aws.intercept = ({ service }) => {
      if (service !== 'lambda' || lost) return 'proceed';
      lost = true;
      return { loseAnswer: true };
    };
    await startExecution(loaded, {});
    await loaded.clock.sleep(10_000);
    expect(loaded.received().map(({ seconds }) => seconds)).toEqual([0, 1]);
    expect(loaded.aws.events.failures).toEqual([]);
  });
});
