import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  ARCHIVE_DISAGREES,
  EMERGENCY_DECLARED,
  GAUGES,
  NAMESPACE,
  STACK_DIMENSION,
  type Gauge,
} from '../../core/operations/metrics.ts';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { alarmArn, letAlarmsUse, onlyFromAlarms } from '../boundary/encryption.ts';
import type { DeploymentOptions } from '../boundary/options.ts';

/** What the alarms on queues are called after the stack's name, as the others are after their gauges. */
const LETTER_ALARMS = {
  ReconcileDeadLetters: 'Reconcile could not be called: the calls are in its queue.',
  ScheduledRunMissed: 'A run of a schedule made no task: what was tried is in the queue of missed runs.',
} as const;
type LetterAlarm = keyof typeof LETTER_ALARMS;
const LETTER_NAMES = Object.keys(LETTER_ALARMS) as LetterAlarm[];

/**
 * The highest of ten minutes, so that a row whose look failed and which waits five minutes for the next does not make an alarm go off and
 * on: see `GAUGES`. A gauge's first number above zero raises its alarm within a minute or two; ten minutes of zeros end it.
 */
export const GAUGE_PERIOD = Duration.minutes(10);
const LETTERS_PERIOD = Duration.minutes(5);
const SINGLE_PERIOD = Duration.minutes(5);

/** Metrics that say when something happened once, not how much of it there is now: the alarm rings for each. */
const SINGLE_ALARMS = {
  [EMERGENCY_DECLARED]: 'A task skipped its approval as an emergency.',
  [ARCHIVE_DISAGREES]: 'The archive has something else in the place of the evidence of a boundary.',
} as const;
type SingleAlarm = keyof typeof SINGLE_ALARMS;

const { BREACHING, IGNORE, NOT_BREACHING } = cloudwatch.TreatMissingData;

/**
 * Every run of reconcile writes all gauges, so ten minutes without one mean that nothing looks after boundaries: one alarm says so, and
 * the others stay as they were, for silence is neither trouble nor its end.
 */
const GAUGE_ALARMS: Readonly<Record<Gauge, { meaning: string; silence: cloudwatch.TreatMissingData }>> = {
  BoundariesOverdue: {
    meaning: 'A boundary should have been closed by now and is not, or reconcile does not run.',
    silence: BREACHING,
  },
  BoundariesUnproven: {
    meaning: 'An execution gave up before the end of access was proven; Teardown goes on.',
    silence: IGNORE,
  },
  SecretsUnrevoked: {
    meaning: 'A secret of an ended task could not be destroyed so far.',
    silence: IGNORE,
  },
  DeniesNotEffective: {
    meaning: 'IAM did not take a deny: only the deadline ends that session.',
    silence: IGNORE,
  },
  EmergenciesUnreviewed: {
    meaning: 'A task skipped its approval as an emergency, and nobody else has reviewed that yet.',
    silence: IGNORE,
  },
};

/** Tells people when boundaries do not close as they should. Each alarm is a heading of `docs/runbook.md`. */
export class BoundaryAlarms extends Construct {
  /** Gets every alarm and its end. Nobody is subscribed to it at first. */
  readonly topic: sns.Topic;

  constructor(
    scope: Construct,
    id: string,
    queues: Readonly<Record<LetterAlarm, sqs.IQueue>>,
    options: DeploymentOptions,
  ) {
    super(scope, id);
    this.topic = new sns.Topic(this, 'Topic', {
      displayName: 'Taskbound alarms',
      enforceSSL: true,
      ...omitUndefined({ masterKey: options.encryptionKey }),
    });
    if (options.encryptionKey !== undefined) letAlarmsUse(this, options.encryptionKey);
    const ofArchive: SingleAlarm[] = options.archive === undefined ? [] : [ARCHIVE_DISAGREES];
    const singles: SingleAlarm[] = [EMERGENCY_DECLARED, ...ofArchive];
    this.#letAlarmsPublish([...GAUGES, ...singles, ...LETTER_NAMES]);
    for (const gauge of GAUGES) this.#onGauge(gauge);
    for (const name of singles) this.#onSingle(name);
    for (const name of LETTER_NAMES) this.#onLetters(name, queues[name]);
  }

  /** A topic that has a policy of its own lets in only those whom it names: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html */
  #letAlarmsPublish(names: readonly string[]): void {
    this.topic.addToResourcePolicy(
      new iam.PolicyStatement({
        sid: 'AlarmsOfThisStack',
        principals: [new iam.ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: onlyFromAlarms(names.map((name) => alarmArn(this, alarmName(this, name)))),
      }),
    );
  }

  #onGauge(gauge: Gauge): void {
    const { meaning, silence } = GAUGE_ALARMS[gauge];
    const metric = new cloudwatch.Metric({
      namespace: NAMESPACE,
      metricName: gauge,
      dimensionsMap: { [STACK_DIMENSION]: Stack.of(this).stackName },
      statistic: cloudwatch.Stats.MAXIMUM,
      period: GAUGE_PERIOD,
    });
    this.#alarm(gauge, metric, meaning, silence);
  }

  /** As each happens: the gauge of open reviews, for one, would not see an emergency that a friend reviews within the minute. */
  #onSingle(name: SingleAlarm): void {
    const metric = new cloudwatch.Metric({
      namespace: NAMESPACE,
      metricName: name,
      dimensionsMap: { [STACK_DIMENSION]: Stack.of(this).stackName },
      statistic: cloudwatch.Stats.SUM,
      period: SINGLE_PERIOD,
    });
    this.#alarm(name, metric, SINGLE_ALARMS[name], NOT_BREACHING);
  }

  /** SQS says nothing of a queue that nobody has used for hours, so no number is no letter: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
  #onLetters(name: LetterAlarm, queue: sqs.IQueue): void {
    const metric = queue.metricApproximateNumberOfMessagesVisible({
      statistic: cloudwatch.Stats.MAXIMUM,
      period: LETTERS_PERIOD,
    });
    this.#alarm(name, metric, LETTER_ALARMS[name], NOT_BREACHING);
  }

  #alarm(
    name: string,
    metric: cloudwatch.IMetric,
    meaning: string,
    treatMissingData: cloudwatch.TreatMissingData,
  ): void {
    const alarm = new cloudwatch.Alarm(this, name, {
      alarmName: alarmName(this, name),
      alarmDescription: `${meaning} See ${name} in docs/runbook.md.`,
      metric,
      threshold: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
  }
}

/** What follows the stack's name is the heading in the runbook. */
const alarmName = (scope: Construct, name: string): string => `${Stack.of(scope).stackName}-${name}`;
