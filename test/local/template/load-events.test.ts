import { describe, expect, it } from 'vitest';
import { record } from '../state/recorded.ts';
import { SINK_ARN, type StackTemplate, eventsTemplate, loadEvents, ofType } from '../events/stack.ts';

const TOPIC_ARN = /^arn:aws:sns:eu-central-1:111122223333:Events-People/;

/** The template with changed properties of the first rule. */
const withRule = (change: object): StackTemplate => {
  const template = eventsTemplate();
  Object.assign(ofType(template, 'AWS::Events::Rule')[0]?.Properties ?? {}, change);
  return template;
};
const withTarget = (change: object): StackTemplate =>
  withRule({ Targets: [{ Id: 'T', Arn: SINK_ARN, ...change }] });

describe("the CDK's rules, schedules, queues, topics and alarms", () => {
  it('are loaded and can be inspected', async () => {
    const { aws } = await loadEvents();
    expect(aws.events.rules()).toMatchObject([
      {
        name: 'changes',
        enabled: true,
        targets: [
          {
            functionArn: SINK_ARN,
            retry: { maxAttempts: 3, maxAgeSeconds: 3_600 },
            deadLetterArn: 'arn:aws:sqs:eu-central-1:111122223333:dead',
          },
        ],
      },
      {
        name: 'own',
        targets: [{ functionArn: `${SINK_ARN}:1`, retry: { maxAttempts: 185, maxAgeSeconds: 86_400 } }],
      },
    ]);
    expect(aws.schedules.all()).toMatchObject([
      { name: 'every-minute', functionArn: SINK_ARN, retry: { maxAttempts: 2 } },
    ]);
    expect(aws.queues.all().map(({ name, url, messages }) => ({ name, url, messages }))).toEqual([
      { name: 'dead', url: 'https://sqs.eu-central-1.amazonaws.com/111122223333/dead', messages: [] },
    ]);
    expect(aws.alarms.get('BoundaryOverdue')).toMatchObject({
      namespace: 'Taskbound',
      metricName: 'Overdue',
      alarmActions: [expect.stringMatching(TOPIC_ARN)],
      properties: { Threshold: 1 },
    });
    const [topic] = aws.topics.all();
    expect(topic?.arn).toMatch(TOPIC_ARN);
    expect(topic?.subscriptions).toEqual([{ protocol: 'email', endpoint: 'someone@example.com' }]);
    expect(JSON.stringify(topic?.policy)).toContain('sns:Publish');
  });

  it('can be loaded again: a rule is updated, a queue keeps its messages', async () => {
    const { aws, load } = await loadEvents();
    const [queue] = aws.queues.all();
    if (queue !== undefined) aws.queues.send(queue, { messageId: 'm', body: 'b', attributes: {}, atMs: 0 });
    const template = withRule({ State: 'DISABLED' });
    for (const [id, { Type }] of Object.entries(template.Resources))
      if (Type === 'AWS::Scheduler::Schedule' || id.startsWith('Own')) delete template.Resources[id];
    await load(template);
    expect(aws.events.rules()).toMatchObject([{ name: 'changes', enabled: false }]);
    expect(aws.schedules.all()).toEqual([]);
    expect(aws.queues.get('dead')?.messages).toHaveLength(1);
    expect(aws.topics.all().map(({ subscriptions }) => subscriptions.length)).toEqual([1]);
  });

  it('keep dead letters across a restart', async () => {
    const first = await loadEvents();
    const saved = record(first.aws);
    const [queue] = first.aws.queues.all();
    if (queue !== undefined)
      first.aws.queues.send(queue, { messageId: 'm', body: 'b', attributes: { A: '1' }, atMs: 5 });
    const second = await loadEvents();
    await second.aws.restore(await saved());
    expect(second.dead()).toEqual(first.dead());
    expect(second.dead()).toHaveLength(1);
  });

  it.each<[string, () => StackTemplate, RegExp]>([
    ['another bus', () => withRule({ EventBusName: 'mine' }), /only the default event bus/],
    [
      'a schedule in a rule',
      () => withRule({ ScheduleExpression: 'rate(1 minute)' }),
      /has the property ScheduleExpression/,
    ],
    [
      'a pattern with other operators',
      () => withRule({ EventPattern: { source: [{ suffix: 'x' }] } }),
      /suffix/,
    ],
    [
      'a queue as target',
      () => withTarget({ Arn: 'arn:aws:sqs:eu-central-1:111122223333:q' }),
      /only Lambda functions/,
    ],
    ['a path with an index', () => withTarget({ InputPath: '$.resources[0]' }), /only names joined by dots/],
    ['two inputs', () => withTarget({ Input: '{}', InputPath: '$.detail' }), /more than one of/],
    ['a role', () => withTarget({ RoleArn: 'arn:aws:iam::111122223333:role/r' }), /RoleArn/],
    [
      'an event too young to drop',
      () => withTarget({ RetryPolicy: { MaximumEventAgeInSeconds: 59 } }),
      /MaximumEventAgeInSeconds/,
    ],
    [
      'six targets',
      () => withRule({ Targets: Array.from({ length: 6 }, (_, n) => ({ Id: `T${n}`, Arn: SINK_ARN })) }),
      /Targets/,
    ],
  ])('refuse %s', async (_what, template, message) => {
    await expect(loadEvents(template())).rejects.toThrow(message);
  });
});
