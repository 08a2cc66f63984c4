import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { DeclarationError } from '../../core/shared/errors.ts';
import { typeParameterName } from 'taskbound-evidence/names/ids';
import { BoundaryAlarms } from '../operations/alarms.ts';
import type { BoundaryMachine } from '../workflow/boundary-machine.ts';
import type { ControlFunction } from '../functions/control-function.ts';
import type { TaskTypeConfig } from '../../core/task-types/task-type.ts';
import { readAdmins, startExecutions } from './control-permissions.ts';
import { ControlPlane } from './control-plane.ts';
import { letLogsUse } from './encryption.ts';
import type { DeploymentOptions } from './options.ts';
import { drainRecords, readRecords } from './record-grants.ts';
import { Reconciler } from '../operations/reconciler.ts';
import { Records } from './records.ts';
import { ScheduledRuns } from '../schedules/scheduled-runs.ts';
import type { TaskRole } from '../task-role/task-role.ts';

export type TaskBoundaryProps = DeploymentOptions;

/** What all task types of a stack share: ledger, evidence and the functions that open and close boundaries. One a stack. */
export class TaskBoundary extends Construct {
  readonly options: DeploymentOptions;
  readonly records: Records;
  readonly control: ControlPlane;
  /** Where requests are posted, signed with SigV4. */
  readonly submitUrl: string;
  /** Where people approve, refuse and review, and where they end tasks: signed likewise. */
  readonly decideUrl: string;
  readonly endUrl: string;
  /** The SSM path under which the configuration of every type stands. */
  readonly typesPath: string;
  /** Gets the alarms of the boundary: subscribe whoever has to look. */
  readonly alarmTopic: sns.ITopic;
  /** What the schedules of all types share. */
  readonly scheduledRuns: ScheduledRuns;
  readonly #reconciler: Reconciler;
  readonly #types = new Set<string>();

  constructor(scope: Construct, id: string, props: TaskBoundaryProps = {}) {
    super(scope, id);
    assertOnlyOne(this);
    this.options = props;
    if (props.encryptionKey !== undefined) letLogsUse(this, props.encryptionKey);
    this.records = new Records(this, 'Records', props);
    this.control = new ControlPlane(this, 'Control', this.records, props);
    this.#reconciler = new Reconciler(this, 'Reconciler', this.control.reconcile, props);
    this.#reconciler.watch('TeardownEnded', this.control.teardown.stateMachineArn, (name) => ({
      teardown: name,
    }));
    this.scheduledRuns = new ScheduledRuns(this, 'ScheduledRuns', this.control.submitScheduled, props);
    const queues = {
      ReconcileDeadLetters: this.#reconciler.deadLetters,
      ScheduledRunMissed: this.scheduledRuns.missed,
    };
    this.alarmTopic = new BoundaryAlarms(this, 'Alarms', queues, props).topic;
    this.submitUrl = urlOf(this.control.submit);
    this.decideUrl = urlOf(this.control.decide);
    this.endUrl = urlOf(this.control.end);
    this.typesPath = typeParameterName(Stack.of(this).stackName, '');
  }

  /** Lets a type's tasks be started, issued and revoked. Called by `BoundedTask`. */
  admitType(
    { type, secrets, approval }: Pick<TaskTypeConfig, 'type' | 'secrets' | 'approval'>,
    machine: BoundaryMachine,
    task: TaskRole,
  ): void {
    if (this.#types.has(type))
      throw new DeclarationError(`Task type ${type} is declared twice in ${this.node.path}. Rename one.`);
    this.#types.add(type);
    const sid = pascal(type);
    const start = startExecutions(sid, machine.stateMachineArn);
    this.control.submit.permit(start);
    // Nobody decides about a type without approvals: there is nothing that a decision could start.
    if (approval !== null) this.control.decide.permit(start);
    this.control.reconcile.permit(start);
    this.control.issueIdentity.permit({
      sid: `Assume${sid}`,
      actions: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
      resources: [task.role.roleArn],
    });
    for (const permission of readAdmins(sid, secrets))
      for (const called of this.control.loginFunctions) called.permit(permission);
    this.#reconciler.watch(`${sid}Ended`, machine.stateMachineArn, (name) => ({
      boundaryId: `${type}.${name}`,
    }));
  }

  /** Lets the schedules of a type start its tasks. Called by `BoundedTask`, once for each type that has one. */
  admitSchedules(type: string, stateMachineArn: string): void {
    this.control.submitScheduled.permit(startExecutions(pascal(type), stateMachineArn));
  }

  /** Lets someone read what happened: the ledger by id, by day and by what is open, the evidence, and its copies in the archive. */
  grantRead(grantee: iam.IGrantable): iam.Grant {
    return readRecords(this.records, grantee, this.options);
  }

  /** Lets someone drain the stack (`taskbound drain`): refuse new tasks and take that back, see what is open, end its executions. */
  grantDrain(grantee: iam.IGrantable): iam.Grant {
    return drainRecords(this.records, grantee, this.options.encryptionKey);
  }
}

/** A URL that lets in only who is signed and may: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
const urlOf = (called: ControlFunction): string =>
  called.function.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM }).url;

/** Names of secrets and parameters hold the stack's name, so that two boundaries in one stack would meet. */
function assertOnlyOne(boundary: TaskBoundary): void {
  const other = Stack.of(boundary)
    .node.findAll()
    .find((construct) => construct instanceof TaskBoundary && construct !== boundary);
  if (other !== undefined) {
    throw new DeclarationError(
      `${boundary.node.path} is the second TaskBoundary of its stack; ${other.node.path} is there. Declare the types on that one.`,
    );
  }
}

/** A statement's Sid is alphanumeric: `object-transfer` -> `ObjectTransfer`. */
const pascal = (type: string): string =>
  type.replace(/(^|-)([a-z0-9]?)/g, (_whole, _dash, letter: string) => letter.toUpperCase());
