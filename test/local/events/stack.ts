import { closeAfterFile } from '../../fixtures/worlds.ts';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Code, type IFunction, Function as LambdaFn, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedAws } from 'taskbound-local/embedded-aws';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import { START_MS } from '../support.ts';

/** Logs its event. Fails if the event is broken. */
const SOURCE = `exports.handler = async (event) => {
  console.log(JSON.stringify(event));
  if (event.detail?.broken === true || event.broken === true) throw new Error('broken');
};`;

const MACHINE = {
  QueryLanguage: 'JSONata',
  StartAt: 'Which',
  States: {
    Which: {
      Type: 'Choice',
      Choices: [
        { Condition: '{% $states.input.fail = true %}', Next: 'Fails' },
        { Condition: '{% $states.input.wait = true %}', Next: 'Waits' },
      ],
      Default: 'Done',
    },
    Waits: { Type: 'Wait', Seconds: 3600, Next: 'Done' },
    Fails: { Type: 'Fail', Error: 'Broken', Cause: 'told to' },
    Done: { Type: 'Succeed' },
  },
};

interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}
export type StackTemplate = { readonly Resources: Record<string, Resource> };

function synthesize(): StackTemplate {
  const assets = mkdtempSync(join(tmpdir(), 'sink-'));
  writeFileSync(join(assets, 'index.js'), SOURCE);
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'cdk-')) });
  const stack = new Stack(app, 'Events', {
    env: { account: '111122223333', region: 'eu-central-1' },
  });
  const sink = new LambdaFn(stack, 'Sink', {
    functionName: 'sink',
    code: Code.fromAsset(assets),
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
  });
  const deadLetters = new Queue(stack, 'Dead', { queueName: 'dead' });
  const machine = new StateMachine(stack, 'Machine', {
    stateMachineName: 'machine',
    definitionBody: DefinitionBody.fromString(JSON.stringify(MACHINE)),
  });
  new Rule(stack, 'Changes', {
    ruleName: 'changes',
    eventPattern: {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [machine.stateMachineArn], status: ['FAILED', 'ABORTED', 'SUCCEEDED'] },
    },
    targets: [
      new LambdaFunction(sink, {
        deadLetterQueue: deadLetters,
        retryAttempts: 3,
        maxEventAge: Duration.hours(1),
      }),
    ],
  });
  new Rule(stack, 'Own', {
    ruleName: 'own',
    eventPattern: { source: ['taskbound'] },
    // CDK's own types of a version and of a function differ in optional properties.
    targets: [new LambdaFunction(sink.currentVersion as IFunction)],
  });
  new Schedule(stack, 'EveryMinute', {
    scheduleName: 'every-minute',
    schedule: ScheduleExpression.rate(Duration.minutes(1)),
    target: new LambdaInvoke(sink, {
      deadLetterQueue: deadLetters,
      retryAttempts: 2,
      input: ScheduleTargetInput.fromObject({ scheduledFor: '<aws.scheduler.scheduled-time>' }),
    }),
  });
  const topic = new Topic(stack, 'People', { enforceSSL: true });
  topic.addSubscription(new EmailSubscription('someone@example.com'));
  new Alarm(stack, 'Overdue', {
    alarmName: 'BoundaryOverdue',
    metric: new Metric({ namespace: 'Taskbound', metricName: 'Overdue' }),
    threshold: 1,
    evaluationPeriods: 1,
  }).addAlarmAction(new SnsAction(topic));
  return app.synth().getStackByName('Events').template as StackTemplate;
}

let synthesized: StackTemplate | undefined;

export const SINK_ARN = 'arn:aws:lambda:eu-central-1:111122223333:function:sink';
export const MACHINE_ARN = 'arn:aws:states:eu-central-1:111122223333:stateMachine:machine';

/**
 * A stack synthesized by the CDK: a function behind two rules and a schedule, with a dead-letter queue, an
 * alarm and a topic.
 */
export const eventsTemplate = (): StackTemplate => structuredClone((synthesized ??= synthesize()));

/** The template's resources of a type. */
export const ofType = ({ Resources }: StackTemplate, type: string): Resource[] =>
  Object.values(Resources).filter(({ Type }) => Type === type);

export async function loadEvents(template = eventsTemplate()) {
  const assetDir = mkdtempSync(join(tmpdir(), 'sink-'));
  writeFileSync(join(assetDir, 'index.js'), SOURCE);
  const clock = new VirtualClock({ startMs: START_MS });
  const aws = closeAfterFile(await EmbeddedAws.start({ clock, policyDelayMs: 0 }));
  const load = (one: StackTemplate) => aws.load(one, { stackName: 'Events', assetDir: () => assetDir });
  await load(template);
  /** The events that the function received, with their times. */
  const received = () =>
    aws.lambda.host.logs
      .filter(({ level }) => level === 'INFO')
      .map(({ message, atMs, version }) => ({
        event: JSON.parse(message.slice(message.indexOf('{'))) as Record<string, unknown>,
        seconds: (atMs - START_MS) / 1000,
        version,
      }));
  const dead = () => aws.queues.get('dead')?.messages ?? [];
  return { aws, clock, load, received, dead };
}
