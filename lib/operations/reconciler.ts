import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { DeploymentOptions } from '../boundary/options.ts';
import { acceptFinding } from '../functions/accepted-findings.ts';
import type { ControlFunction } from '../functions/control-function.ts';
import { serviceRole } from '../functions/function-role.ts';
import { permit } from '../functions/permission.ts';
import type { BoundaryMachine } from '../workflow/boundary-machine.ts';

export interface ReconcilerProps {
  readonly reconcile: ControlFunction;
  readonly options: DeploymentOptions;
}

interface CallOnSchedule {
  readonly description: string;
  /** `1 minute`, `1 hour`. */
  readonly rate: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** The Scheduler stops retrying a call after this time. */
  readonly maxAgeSeconds: number;
}

/** Status-change events are best effort; schedules are not: https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
const SCHEDULES: Readonly<Record<string, CallOnSchedule>> = {
  EveryMinute: {
    description: 'Looks at every boundary that is due.',
    rate: '1 minute',
    input: {},
    maxAgeSeconds: 60,
  },
  EveryHour: {
    description: 'Removes what no row of the ledger leads to.',
    rate: '1 hour',
    input: { strays: true },
    maxAgeSeconds: 600,
  },
};

const ENDED = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];

/** What calls `reconcile`: the end of each execution, immediately, and schedules for everything that those events missed. */
export class Reconciler extends Construct {
  readonly deadLetters: sqs.Queue;
  readonly #reconcile: ControlFunction;

  constructor(scope: Construct, id: string, { reconcile, options }: ReconcilerProps) {
    super(scope, id);
    this.#reconcile = reconcile;
    this.deadLetters = new sqs.Queue(this, 'DeadLetters', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      ...omitUndefined({ encryptionMasterKey: options.encryptionKey }),
    });
    acceptFinding(this.deadLetters, 'SQS3', 'It is the dead-letter queue.');
    const role = this.#scheduleRole(options);
    for (const [name, call] of Object.entries(SCHEDULES)) this.#schedule(name, role, call);
  }

  /** Calls `reconcile` as soon as an execution of the machine has ended. `inputFor` makes its input of the execution's name. */
  watch(
    id: string,
    { stateMachineArn }: BoundaryMachine,
    inputFor: (executionName: string) => Readonly<Record<string, string>>,
  ): void {
    new events.Rule(this, id, {
      description: 'An execution ended: was its boundary closed?',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [stateMachineArn], status: ENDED },
      },
      targets: [
        new targets.LambdaFunction(this.#reconcile.function, {
          event: events.RuleTargetInput.fromObject(inputFor(events.EventField.fromPath('$.detail.name'))),
          deadLetterQueue: this.deadLetters,
        }),
      ],
    });
  }

  #scheduleRole(options: DeploymentOptions): iam.Role {
    const role = serviceRole(this, 'ScheduleRole', {
      service: 'scheduler.amazonaws.com',
      description: 'Calls reconcile every minute and every hour.',
      options,
    });
    const { functionArn } = this.#reconcile.function;
    permit(role, [
      { sid: 'CallReconcile', actions: ['lambda:InvokeFunction'], resources: [functionArn] },
      { sid: 'KeepWhatFailed', actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] },
    ]);
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
