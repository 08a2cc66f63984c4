import { describe, expect, it } from 'vitest';
import { START_MS } from '../support.ts';
import { SINK_ARN, type StackTemplate, eventsTemplate, loadEvents, ofType } from '../events/stack.ts';

const schedule = (template: StackTemplate) =>
  ofType(template, 'AWS::Scheduler::Schedule')[0]?.Properties ?? {};
const changed = (change: object): StackTemplate => {
  const template = eventsTemplate();
  Object.assign(schedule(template), change);
  return template;
};
const schedulerRole = (template: StackTemplate) =>
  ofType(template, 'AWS::IAM::Role').find(({ Properties }) =>
    JSON.stringify(Properties).includes('scheduler.amazonaws.com'),
  )?.Properties ?? {};

/** Runs the schedules for some virtual seconds. */
async function run(loaded: Awaited<ReturnType<typeof loadEvents>>, seconds: number): Promise<void> {
  loaded.aws.startSchedules();
  await loaded.clock.sleep(seconds * 1_000);
  loaded.aws.stopSchedules();
  await loaded.clock.sleep(60_000);
}

describe('a schedule', () => {
  it('invokes its function at its rate, with its role, between start and stop', async () => {
    const loaded = await loadEvents();
    await loaded.clock.sleep(90_000);
    expect(loaded.received()).toEqual([]);
    await run(loaded, 125);
    expect(loaded.received().map(({ event, seconds }) => [seconds, event])).toEqual([
      [120, { scheduledFor: '2026-11-23T10:02:00Z' }],
      [180, { scheduledFor: '2026-11-23T10:03:00Z' }],
    ]);
    const invoke = loaded.aws.trail.find(({ eventName }) => eventName === 'Invoke');
    expect(invoke?.userIdentity['arn']).toMatch(/:assumed-role\/Events-SchedulerRole[^/]*\/[0-9a-f]{32}$/);
    expect(loaded.aws.schedules.failures).toEqual([]);
  });

  it('keeps its times across a stop and a deployment', async () => {
    const loaded = await loadEvents();
    await loaded.clock.sleep(10_000);
    for (const one of loaded.aws.schedules.all())
      loaded.aws.schedules.put({ ...one, createdMs: loaded.clock.nowMs() });
    await run(loaded, 60);
    await run(loaded, 60);
    expect(loaded.received().map(({ seconds }) => seconds)).toEqual([60, 180]);
  });

  it('runs by the local time of its time zone', async () => {
    const loaded = await loadEvents(
      changed({ ScheduleExpression: 'cron(30 11 * * ? *)', ScheduleExpressionTimezone: 'Europe/Berlin' }),
    );
    await run(loaded, 86_400 + 3_600);
    expect(loaded.received().map(({ event }) => event)).toEqual([
      { scheduledFor: '2026-11-23T10:30:00Z' },
      { scheduledFor: '2026-11-24T10:30:00Z' },
    ]);
  });

  it('with at() runs once, however far in the future', async () => {
    const loaded = await loadEvents(changed({ ScheduleExpression: 'at(2027-02-01T00:00:00)' }));
    await run(loaded, 100 * 86_400);
    expect(loaded.received().map(({ event }) => event)).toEqual([{ scheduledFor: '2027-02-01T00:00:00Z' }]);
  });

  it('sends the default event of the Scheduler without an Input', async () => {
    const template = eventsTemplate();
    delete (schedule(template)['Target'] as Record<string, unknown>)['Input'];
    const loaded = await loadEvents(template);
    await run(loaded, 60);
    expect(loaded.received().map(({ event }) => event)).toMatchObject([
      {
        source: 'aws.scheduler',
        'detail-type': 'Scheduled Event',
        time: '2026-11-23T10:01:00Z',
        resources: ['arn:aws:scheduler:eu-central-1:111122223333:schedule/default/every-minute'],
      },
    ]);
  });

  it('does not run when it is disabled', async () => {
    const loaded = await loadEvents(changed({ State: 'DISABLED' }));
    await run(loaded, 600);
    expect(loaded.received()).toEqual([]);
  });

  it.each<[string, number[], number[]]>([
    ['lose', [], []],
    ['delay', [30_000], [90]],
    ['repeat', [0, 0], [60, 60]],
  ])('can be made to %s an invocation', async (_what, delays, seconds) => {
    const loaded = await loadEvents();
    const asked: unknown[] = [];
    loaded.aws.schedules.delivery = (due) => {
      asked.push(due);
      return delays;
    };
    await run(loaded, 61);
    expect(asked).toEqual([{ scheduleName: 'every-minute', scheduledMs: START_MS + 60_000 }]);
    expect(loaded.received().map((one) => one.seconds)).toEqual(seconds);
    expect(new Set(loaded.received().map(({ event }) => event['scheduledFor'])).size).toBeLessThanOrEqual(1);
  });
});

describe('the role of a schedule', () => {
  it('needs lambda:InvokeFunction, and sqs:SendMessage for the dead letter', async () => {
    const template = eventsTemplate();
    const policies = ofType(template, 'AWS::IAM::Policy').map(
      ({ Properties }) => Properties['PolicyDocument'] as { Statement: { Action: string }[] },
    );
    for (const document of policies)
      document.Statement = document.Statement.filter(({ Action }) => Action !== 'lambda:InvokeFunction');
    const loaded = await loadEvents(template);
    await run(loaded, 60);
    expect(loaded.received()).toEqual([]);
    const [letter] = loaded.dead();
    expect(letter?.attributes).toMatchObject({
      SCHEDULE_ARN: 'arn:aws:scheduler:eu-central-1:111122223333:schedule/default/every-minute',
      SCHEDULED_TIME: '2026-11-23T10:01:00Z',
      ERROR_CODE: 'NO_PERMISSIONS',
      TARGET_ARN: SINK_ARN,
    });
    expect(letter?.body).toBe('{"scheduledFor":"2026-11-23T10:01:00Z"}');
    for (const document of policies)
      document.Statement = document.Statement.filter(({ Action }) => Action !== 'sqs:SendMessage');
    Object.assign(policies[0]?.Statement ?? [], { length: 0 });
    const lost = await loadEvents(template);
    await run(lost, 60);
    expect(lost.dead()).toEqual([]);
    expect(lost.aws.schedules.failures).toMatchObject([{ inQueue: false }]);
  });

  it.each<[string, (text: string) => string, boolean]>([
    ['the schedule group', (text) => text, true],
    ['another group', (text) => text.replace('schedule-group/default', 'schedule-group/other'), false],
    [
      'another account',
      (text) => text.replace('"aws:SourceAccount":"111122223333"', '"aws:SourceAccount":"1"'),
      false,
    ],
    ['another service', (text) => text.replace('scheduler.amazonaws.com', 'events.amazonaws.com'), false],
  ])('may trust %s', async (_what, alter, works) => {
    const template = eventsTemplate();
    const role = schedulerRole(template);
    const before = JSON.stringify(role['AssumeRolePolicyDocument']);
    const after = alter(before);
    expect(after !== before || works, 'the policy was changed').toBe(true);
    role['AssumeRolePolicyDocument'] = JSON.parse(after);
    const loaded = await loadEvents(template);
    await run(loaded, 60);
    expect(loaded.received()).toHaveLength(works ? 1 : 0);
    expect(loaded.aws.schedules.failures.map(({ errorCode }) => errorCode)).toEqual(
      works ? [] : ['NO_PERMISSIONS'],
    );
  });
});

describe('an invocation that fails', () => {
  it('is retried by the retry policy, then goes to the dead-letter queue', async () => {
    const loaded = await loadEvents();
    const attempts: number[] = [];
    loaded.aws.intercept = ({ service, atMs }) => {
      if (service !== 'lambda') return 'proceed';
      attempts.push((atMs - START_MS) / 1_000);
      return { refuse: { name: 'TooManyRequestsException', message: 'Rate exceeded', status: 429 } };
    };
    await run(loaded, 60);
    expect(attempts).toEqual([60, 61, 63]);
    expect(loaded.dead().map(({ attributes }) => attributes)).toMatchObject([
      {
        ERROR_CODE: 'THROTTLING',
        RETRY_ATTEMPTS: '2',
        EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      },
    ]);
  });

  it('by an error of the function is retried by Lambda: twice, after one and two minutes', async () => {
    const target = schedule(eventsTemplate())['Target'] as object;
    const loaded = await loadEvents(changed({ Target: { ...target, Input: '{"broken":true}' } }));
    await run(loaded, 60);
    await loaded.clock.sleep(3_600_000);
    expect(loaded.received().map(({ seconds }) => seconds)).toEqual([60, 120, 240]);
    expect(loaded.dead()).toEqual([]);
  });

  it('goes to the on-failure queue of the function, with the function’s role, once Lambda gives up', async () => {
    const target = schedule(eventsTemplate())['Target'] as object;
    const template = changed({ Target: { ...target, Input: '{"broken":true}' } });
    const id = (pattern: RegExp) => Object.keys(template.Resources).find((one) => pattern.test(one)) ?? '';
    template.Resources['Retries'] = {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: { Ref: id(/^Sink[0-9A-F]{8}$/) },
        Qualifier: '$LATEST',
        DestinationConfig: {
          OnFailure: { Destination: { 'Fn::GetAtt': [id(/^Dead[0-9A-F]{8}$/), 'Arn'] } },
        },
      },
    };
    const refused = await loadEvents(structuredClone(template));
    await run(refused, 60);
    await refused.clock.sleep(3_600_000);
    expect(refused.dead()).toEqual([]);
    expect(refused.aws.lostDestinations).toMatchObject([
      { functionArn: SINK_ARN, errorMessage: expect.stringContaining('sqs:SendMessage') },
    ]);

    template.Resources['Allow'] = {
      Type: 'AWS::IAM::Policy',
      Properties: {
        PolicyName: 'send',
        Roles: [{ Ref: id(/^SinkServiceRole[0-9A-F]{8}$/) }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': [id(/^Dead[0-9A-F]{8}$/), 'Arn'] },
            },
          ],
        },
      },
    };
    const loaded = await loadEvents(template);
    await run(loaded, 60);
    await loaded.clock.sleep(3_600_000);
    expect(loaded.dead().map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      {
        version: '1.0',
        requestContext: {
          functionArn: `${SINK_ARN}:$LATEST`,
          condition: 'RetriesExhausted',
          approximateInvokeCount: 3,
        },
        requestPayload: { broken: true },
        responseContext: { functionError: 'Unhandled' },
        responsePayload: { errorMessage: 'broken' },
      },
    ]);
  });

  it('is retried only as often as the function allows', async () => {
    const target = schedule(eventsTemplate())['Target'] as object;
    const template = changed({ Target: { ...target, Input: '{"broken":true}' } });
    const sinkId = Object.keys(template.Resources).find((id) => /^Sink[0-9A-F]{8}$/.test(id));
    template.Resources['Retries'] = {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: { FunctionName: { Ref: sinkId }, Qualifier: '$LATEST', MaximumRetryAttempts: 0 },
    };
    const loaded = await loadEvents(template);
    await run(loaded, 60);
    await loaded.clock.sleep(3_600_000);
    expect(loaded.received()).toHaveLength(1);
  });
});

describe('what cannot be loaded', () => {
  const target = () => schedule(eventsTemplate())['Target'] as object;
  it.each<[string, () => object, RegExp]>([
    ['another expression', () => ({ ScheduleExpression: 'cron(0 * * * *)' }), /is cron\(.*must be cron/],
    ['an unknown time zone', () => ({ ScheduleExpressionTimezone: 'Mars/Olympus' }), /Mars\/Olympus/],
    ['a start', () => ({ StartDate: '2027-01-01T00:00:00Z' }), /has the property StartDate/],
    ['a flexible window', () => ({ FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }), /only OFF/],
    ['a group that does not exist', () => ({ GroupName: 'other' }), /its group other is neither default/],
    ['an end', () => ({ EndDate: '2027-01-01T00:00:00Z' }), /has the property EndDate/],
    [
      'another target',
      () => ({ Target: { ...target(), Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage' } }),
      /only Lambda/,
    ],
    ['a parameter of another target', () => ({ Target: { ...target(), SqsParameters: {} } }), /Target/],
    [
      'too many retries',
      () => ({ Target: { ...target(), RetryPolicy: { MaximumRetryAttempts: 186 } } }),
      /MaximumRetryAttempts/,
    ],
  ])('%s', async (_what, change, message) => {
    await expect(loadEvents(changed(change()))).rejects.toThrow(message);
  });
});
