import { Aws, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { type CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { DeclarationError } from '../../core/shared/errors.ts';
import { keyPermissions } from '../boundary/encryption.ts';
import type { DeploymentOptions } from '../boundary/options.ts';
import { acceptFinding } from '../functions/accepted-findings.ts';
import type { ControlFunction } from '../functions/control-function.ts';
import { permit, type Permission } from '../functions/permission.ts';

/**
 * The Scheduler only hands a run over to Lambda's own queue, and retries only that. At most 185 attempts and one day:
 * https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
 */
const HAND_OVER_ATTEMPTS = 20;
const HAND_OVER_MAX_AGE = Duration.hours(1);
/**
 * Lambda retries errors of the function at most twice, after one and two minutes, and throttles until the maximum age:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const RUN_ATTEMPTS = 2;
const RUN_MAX_AGE = Duration.hours(6);

export interface ScheduledRunsProps {
  /** The function that the schedules call. */
  readonly submit: ControlFunction;
  readonly options: DeploymentOptions;
}

/** What the schedules of all task types share: the function that they call, its retries, and the queue of missed runs. */
export class ScheduledRuns extends Construct {
  /** Runs that created no task, given up by the Scheduler or by Lambda. The alarm `ScheduledRunMissed` watches this queue. */
  readonly missed: sqs.Queue;
  /** Contains only the schedules of this stack's types: a schedule from elsewhere in the account cannot use their roles. */
  readonly group: CfnScheduleGroup;
  readonly #submit: ControlFunction;
  readonly #options: DeploymentOptions;
  readonly #typeOfName = new Map<string, string>();

  constructor(scope: Construct, id: string, { submit, options }: ScheduledRunsProps) {
    super(scope, id);
    this.#submit = submit;
    this.#options = options;
    // CloudFormation generates the name; the tag shows people which stack owns the group.
    this.group = new CfnScheduleGroup(this, 'Group', {
      tags: [{ key: 'taskbound:Stack', value: Stack.of(this).stackName }],
    });
    this.missed = new sqs.Queue(this, 'Missed', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      ...omitUndefined({ encryptionMasterKey: options.encryptionKey }),
    });
    acceptFinding(this.missed, 'SQS3', 'It is the dead-letter queue.');
    for (const permission of this.#keepMissed()) submit.permit(permission);
    new lambda.CfnEventInvokeConfig(this, 'Retries', {
      functionName: submit.function.functionName,
      qualifier: '$LATEST',
      maximumRetryAttempts: RUN_ATTEMPTS,
      maximumEventAgeInSeconds: RUN_MAX_AGE.toSeconds(),
      destinationConfig: { onFailure: { destination: this.missed.queueArn } },
      // Lambda refuses a destination to which the function's role may not send.
    }).node.addDependency(submit.role);
  }

  /** Reserves a schedule's name. Names are unique in the stack, so that people can refer to a schedule by its name alone. */
  claim(name: string, type: string): void {
    const other = this.#typeOfName.get(name);
    if (other !== undefined)
      throw new DeclarationError(
        `Schedule ${name} of task type ${type} is declared twice in its stack; the first is of task type ${other}. Rename one.`,
      );
    this.#typeOfName.set(name, type);
  }

  /** A schedule's role: it may call `submit-scheduled` and keep runs that could not be handed over, and nothing else. */
  role(scope: Construct, type: string): iam.Role {
    const role = new iam.Role(scope, 'Role', {
      description: `Submits scheduled tasks of the type ${type}.`,
      assumedBy: this.#scheduler(),
      ...omitUndefined({ permissionsBoundary: this.#options.permissionsBoundary }),
    });
    const submit: Permission = {
      sid: 'SubmitScheduled',
      actions: ['lambda:InvokeFunction'],
      resources: [this.#submit.function.functionArn],
    };
    permit(role, [submit, ...this.#keepMissed()]);
    return role;
  }

  /** What a schedule calls, as the role, with the input. */
  target(role: iam.IRole, input: Readonly<Record<string, string>>): CfnSchedule.TargetProperty {
    return {
      arn: this.#submit.function.functionArn,
      roleArn: role.roleArn,
      input: JSON.stringify(input),
      deadLetterConfig: { arn: this.missed.queueArn },
      retryPolicy: {
        maximumRetryAttempts: HAND_OVER_ATTEMPTS,
        maximumEventAgeInSeconds: HAND_OVER_MAX_AGE.toSeconds(),
      },
    };
  }

  /** https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html */
  #scheduler(): iam.IPrincipal {
    return new iam.ServicePrincipal('scheduler.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID, 'aws:SourceArn': this.group.attrArn },
      },
    });
  }

  #keepMissed(): Permission[] {
    return [
      { sid: 'KeepMissedRuns', actions: ['sqs:SendMessage'], resources: [this.missed.queueArn] },
      ...keyPermissions.queuesToSendTo(this.#options.encryptionKey),
    ];
  }
}
