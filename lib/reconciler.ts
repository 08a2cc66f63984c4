import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acceptFinding } from './accepted-findings.ts';
import type { ControlFunction } from './control-function.ts';
import { given } from './given.ts';
import type { DeploymentOptions } from './options.ts';

const ENDED = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];

/** What calls `reconcile`: the end of an execution at once, and the schedule for whatever that missed. */
export class Reconciler extends Construct {
  readonly deadLetters: sqs.Queue;
  readonly #reconcile: ControlFunction;

  constructor(scope: Construct, id: string, reconcile: ControlFunction, options: DeploymentOptions) {
    super(scope, id);
    this.#reconcile = reconcile;
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      ...given({ encryptionMasterKey: options.encryptionKey }),
    });
    acceptFinding(this.deadLetters, 'SQS3', 'It is the dead-letter queue.');
    this.#everyMinute(options);
  }

  /** Looks at a boundary as soon as its execution has ended. `named` says, from the event's `detail.name`, which boundary it is. */
  watch(id: string, stateMachineArn: string, named: (executionName: string) => Record<string, string>): void {
    new events.Rule(this, id, {
      description: 'An execution ended: was its boundary closed?',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [stateMachineArn], status: ENDED },
      },
      targets: [
        new targets.LambdaFunction(this.#reconcile.function, {
          event: events.RuleTargetInput.fromObject(named(events.EventField.fromPath('$.detail.name'))),
          deadLetterQueue: this.deadLetters,
        }),
      ],
    });
  }

  /** Status-change events are best effort; this is not: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
  #everyMinute(options: DeploymentOptions): void {
    const { functionArn } = this.#reconcile.function;
    const role = new iam.Role(this, 'ScheduleRole', {
      description: 'Calls reconcile every minute.',
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com'),
      ...given({ permissionsBoundary: options.permissionsBoundary }),
    });
    role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'CallReconcile',
        actions: ['lambda:InvokeFunction'],
        resources: [functionArn],
      }),
    );
    role.addToPolicy(
      new iam.PolicyStatement({
        sid: 'KeepWhatFailed',
        actions: ['sqs:SendMessage'],
        resources: [this.deadLetters.queueArn],
      }),
    );
    new CfnSchedule(this, 'EveryMinute', {
      description: 'Looks at every boundary that is due.',
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: functionArn,
        roleArn: role.roleArn,
        input: '{}',
        deadLetterConfig: { arn: this.deadLetters.queueArn },
        retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 60 },
      },
    });
  }
}
