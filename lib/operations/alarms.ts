import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import {
  ARCHIVE_DISAGREES,
  EMERGENCY_DECLARED,
  GAUGES,
  NAMESPACE,
  STACK_DIMENSION,
} from '../../core/operations/metrics.ts';
import { alarmArn, letAlarmsUse, onlyFromAlarms } from '../boundary/encryption.ts';
import type { DeploymentOptions } from '../boundary/options.ts';
import { COUNT_ALARMS, GAUGE_ALARMS, QUEUE_ALARMS, type AlarmText } from './alarm-texts.ts';

/**
 * An alarm on a gauge takes the maximum of ten minutes. A row that could not be read waits five minutes for its next read; the alarm must
 * not switch off and on in between: see `GAUGES`. The first value above zero raises the alarm within a minute or two; ten minutes of zeros
 * end it.
 */
export const GAUGE_PERIOD = Duration.minutes(10);
const COUNT_PERIOD = Duration.minutes(5);
const QUEUE_PERIOD = Duration.minutes(5);

export interface BoundaryAlarmsProps {
  /** Calls of `reconcile` that failed. */
  readonly reconcileDeadLetters: sqs.IQueue;
  /** Runs of schedules that created no task. */
  readonly missedRuns: sqs.IQueue;
  readonly options: DeploymentOptions;
}

/** Alerts people when boundaries do not close as they should. Each alarm is a heading of `docs/runbook.md`. */
export class BoundaryAlarms extends Construct {
  /** Receives every alarm and its end. It has no subscriptions at first. */
  readonly topic: sns.Topic;

  constructor(scope: Construct, id: string, props: BoundaryAlarmsProps) {
    super(scope, id);
    const { encryptionKey, archive } = props.options;
    this.topic = new sns.Topic(this, 'Topic', {
      displayName: 'Taskbound alarms',
      enforceSSL: true,
      ...omitUndefined({ masterKey: encryptionKey }),
    });
    if (encryptionKey !== undefined) letAlarmsUse(this, encryptionKey);
    const counts: readonly (keyof typeof COUNT_ALARMS)[] =
      archive === undefined ? [EMERGENCY_DECLARED] : [EMERGENCY_DECLARED, ARCHIVE_DISAGREES];
    this.#letAlarmsPublish([...GAUGES, ...counts, ...Object.keys(QUEUE_ALARMS)]);
    for (const gauge of GAUGES)
      this.#alarm(gauge, GAUGE_ALARMS[gauge], this.#metric(gauge, cloudwatch.Stats.MAXIMUM, GAUGE_PERIOD));
    for (const name of counts)
      this.#alarm(name, COUNT_ALARMS[name], this.#metric(name, cloudwatch.Stats.SUM, COUNT_PERIOD));
    this.#queueAlarm('ReconcileDeadLetters', props.reconcileDeadLetters);
    this.#queueAlarm('ScheduledRunMissed', props.missedRuns);
  }

  /** A topic with a policy of its own accepts only the principals in it: https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html */
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

  #metric(metricName: string, statistic: string, period: Duration): cloudwatch.Metric {
    const dimensionsMap = { [STACK_DIMENSION]: Stack.of(this).stackName };
    return new cloudwatch.Metric({ namespace: NAMESPACE, metricName, dimensionsMap, statistic, period });
  }

  #queueAlarm(name: keyof typeof QUEUE_ALARMS, queue: sqs.IQueue): void {
    const metric = queue.metricApproximateNumberOfMessagesVisible({
      statistic: cloudwatch.Stats.MAXIMUM,
      period: QUEUE_PERIOD,
    });
    this.#alarm(name, QUEUE_ALARMS[name], metric);
  }

  #alarm(name: string, { meaning, treatMissingData }: AlarmText, metric: cloudwatch.IMetric): void {
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

/** The stack's name, and the heading in the runbook. */
const alarmName = (scope: Construct, name: string): string => `${Stack.of(scope).stackName}-${name}`;
