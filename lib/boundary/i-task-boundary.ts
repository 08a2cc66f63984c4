import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import type { ScheduledRuns } from '../schedules/scheduled-runs.ts';
import type { StackManifest } from '../manifest/stack-manifest.ts';
import type { BoundaryRecords } from './boundary-records.ts';
import type { ControlPlane } from './control-plane.ts';
import type { DeploymentOptions } from './options.ts';
import type { RegisteredType } from './permit-type.ts';

/** The boundary to which a task type belongs: `new TaskBoundary(…)`. */
export interface ITaskBoundary extends IConstruct {
  /** Where requests are posted, signed with SigV4. */
  readonly submitUrl: string;
  /** Where people approve, refuse and review, signed with SigV4. */
  readonly decideUrl: string;
  /** Where people end tasks, signed with SigV4. */
  readonly endUrl: string;
  /** The path of the SSM parameters that contain the configuration of each type. */
  readonly typesPath: string;
  /** Receives the alarms of the boundary: subscribe the people who must respond. */
  readonly alarmTopic: sns.ITopic;

  readonly records: BoundaryRecords;

  /**
   * Lets a principal read everything about the tasks of all types: the ledger, the evidence and its copies in the archive, the executions and
   * the configuration of the types. It is all that `taskbound show`, `list`, `find`, `archive`, `plan` and `run --schedule` need.
   */
  grantRead(grantee: iam.IGrantable): iam.Grant;
  /**
   * Lets a principal drain the stack: refuse new tasks and undo that, list open boundaries and read their rows, end executions. It is all that
   * `taskbound drain` needs.
   */
  grantDrain(grantee: iam.IGrantable): iam.Grant;

  /** @internal */
  readonly _options: DeploymentOptions;
  /** @internal */
  readonly _control: ControlPlane;
  /**
   * What the schedules of all types share.
   * @internal
   */
  readonly _scheduledRuns: ScheduledRuns;
  /**
   * What clients know about the stack. `BoundedTask` adds the roles of its grants.
   * @internal
   */
  readonly _manifest: StackManifest;
  /**
   * Lets the control functions start, issue and revoke tasks of a type. Called by `BoundedTask`.
   * @internal
   */
  _registerType(registered: RegisteredType): void;
  /**
   * Lets schedules start tasks of a type. Called by `BoundedTask`, once for each type that has a schedule.
   * @internal
   */
  _registerSchedules(registered: Pick<RegisteredType, 'config' | 'machine'>): void;
}
