import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { acceptFinding } from '../functions/accepted-findings.ts';
import type { ControlFunction } from '../functions/control-function.ts';
import type { DeploymentOptions } from '../boundary/options.ts';

interface CallOnSchedule {
  readonly description: string;
  /** `1 minute`, `1 hour`. */
  readonly rate: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** A call that could not be made is given up this much later. */
  readonly maxAgeSeconds: number;
}

const ENDED = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];

/** What calls `reconcile`: the end of an execution at once, and the schedules for whatever that missed. */
export class Reconciler extends Construct {
  readonly deadLetters: sqs.Queue;
  readonly #reconcile: ControlFunction;

  constructor(scope: Construct, id: string, reconcile: ControlFunction, options: DeploymentOptions) {
    super(scope, id);
    this.#reconcile = reconcile;
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      ...omitUndefined({ encryptionMasterKey: options.encryptionKey }),
    });
    acceptFinding(this.deadLetters, 'SQS3', 'It is the dead-letter queue.');
    this.#callOnSchedule(options);
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

  #callOnSchedule(options: DeploymentOptions): void {
    const role = this.#scheduleRole(options);
    // Status-change events are best effort; this is not: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
    this.#schedule('EveryMinute', role, {
      description: 'Looks at every boundary that is due.',
      rate: '1 minute',
      input: {},
      maxAgeSeconds: 60,
    });
    this.#schedule('EveryHour', role, {
      description: 'Removes what no row of the ledger leads to.',
      rate: '1 hour',
      input: { strays: true },
      maxAgeSeconds: 600,
    });
  }

  #scheduleRole(options: DeploymentOptions): iam.Role {
    const role = new iam.Role(this, 'ScheduleRole', {
      description: 'Calls reconcile every minute and every hour.',
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com'),
      ...omitUndefined({ permissionsBoundary: options.permissionsBoundary }),
    });
    const allow = (sid: string, action: string, resource: string) =>
      role.addToPolicy(new iam.PolicyStatement({ sid, actions: [action], resources: [resource] }));
    allow('CallReconcile', 'lambda:InvokeFunction', this.#reconcile.function.functionArn);
    allow('KeepWhatFailed', 'sqs:SendMessage', this.deadLetters.queueArn);
    return role;
  }

  #schedule(id: string, role: iam.IRole, { description, rate, input, maxAgeSeconds }: CallOnSchedule): void {
    new CfnSchedule(this, id, {
      description,
      scheduleExpression: `rate(${rate})`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: this.#reconcile.function.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify(input),
        deadLetterConfig: { arn: this.deadLetters.queueArn },
        retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: maxAgeSeconds },
      },
    });
  }
}
