import { Lazy } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { ScheduleSpec, TaskTypeConfig } from '../../core/task-types/task-type.ts';
import { granteeIn } from '../approvals/grantee.ts';
import { IdentityCenterPeople, readReservedRoles } from '../approvals/identity-center.ts';
import { PeopleOfType, type PeopleAction, type PeopleOptions } from '../approvals/people.ts';
import type { ITaskBoundary } from '../boundary/i-task-boundary.ts';
import { readTaskEvidence, readTasks } from '../boundary/record-grants.ts';
import { retainOnDeploy } from '../boundary/retain-on-deploy.ts';
import { callUrl } from '../functions/control-function.ts';
import { grantAll, type Permission } from '../functions/permission.ts';
import { checkSchedule } from '../schedules/check-schedule.ts';
import { TaskSchedule, type ScheduleProps } from '../schedules/task-schedule.ts';
import { checkSessionPolicy } from '../task-role/check-session-policy.ts';
import { TaskRole } from '../task-role/task-role.ts';
import { WorkFunction } from '../work/work-function.ts';
import { BoundaryMachine } from '../workflow/boundary-machine.ts';
import { EXECUTIONS_OPEN } from '../workflow/execution-permissions.ts';
import { taskDefinition } from '../workflow/task-definition.ts';
import type { BoundedTaskProps } from './bounded-task-props.ts';
import { declareType } from './declare-type.ts';
import { typeConfig } from './type-config.ts';
import { typeArn, typeParameter } from './type-parameter.ts';

/** One task type: its role under a ceiling, its work function, its state machine, its configuration. */
export class BoundedTask extends Construct {
  readonly type: string;
  readonly stateMachineArn: string;
  readonly #boundary: ITaskBoundary;
  readonly #machine: BoundaryMachine;
  readonly #config: TaskTypeConfig;
  readonly #people: PeopleOfType;
  readonly #schedules: Record<string, ScheduleSpec> = {};

  constructor(scope: Construct, id: string, props: BoundedTaskProps) {
    super(scope, id);
    const { boundary, type } = props;
    const { functions, workflowFunctions, versions } = boundary._control;
    const options = boundary._options;
    const declared = declareType(this, props);

    const issuer = functions.issueIdentity.role;
    const { role: taskRole } = new TaskRole(this, 'Task', { ...declared, issuer });
    const { isolation } = props;
    const work = new WorkFunction(this, 'Work', {
      ...{ type, work: props.work, options },
      ...omitUndefined({ isolation }),
    });
    retainOnDeploy(work, options);
    const machine = new BoundaryMachine(this, 'Workflow', {
      name: type,
      comment: `One execution is one ${type} task.`,
      definition: taskDefinition({
        type,
        secrets: Object.keys(declared.secrets).sort(),
        functions: versions,
        hasWindow: props.window !== undefined,
        workVersionArn: work.versionArn,
        workTimeoutSeconds: declared.timeouts.state,
        isIsolated: isolation !== undefined,
      }),
      functions: [...Object.values(workflowFunctions), work],
      options,
    });

    const config = typeConfig(this, { props, declared, taskRole, work, machine });
    checkSessionPolicy(this, { config });
    const people = peopleOf(this, props);
    const schedules = Lazy.any({ produce: () => this.#schedules });
    typeParameter(this, { config, later: { people: people.rendered(), schedules } });
    boundary._registerType({ config, machine, taskRole });

    this.type = type;
    this.stateMachineArn = machine.stateMachineArn;
    this.#boundary = boundary;
    this.#machine = machine;
    this.#config = config;
    this.#people = people;
  }

  /**
   * Submits one task of this type for each time at which the schedule is due, even if that time is delivered more than once. The id is the
   * schedule's name, unique in the stack: `Nightly`.
   */
  schedule(id: string, props: ScheduleProps): TaskSchedule {
    checkSchedule(this, id, props, this.#config);
    const runs = this.#boundary._scheduledRuns;
    runs.claim(id, this.type);
    if (Object.keys(this.#schedules).length === 0)
      this.#boundary._registerSchedules({ config: this.#config, machine: this.#machine });
    const schedule = new TaskSchedule(this, id, { ...props, type: this.type, runs });
    this.#schedules[id] = schedule._spec;
    return schedule;
  }

  /**
   * Lets a role submit tasks of this type and follow them: their rows, executions and evidence. It is all that `taskbound run` needs. `submit`
   * checks the role itself, because a function URL cannot tell task types apart.
   */
  grantSubmit(grantee: iam.IGrantable, options: PeopleOptions = {}): iam.Grant {
    const permissions = [
      ...this.#readTasks(),
      this.#follow(),
      ...readTaskEvidence(this.#boundary, this.type),
    ];
    return this.#grantPeople('submit', grantee, options, permissions);
  }

  /**
   * Lets a role approve and refuse tasks of this type, and review its emergencies. It is all that `taskbound approve` and `taskbound refuse` need:
   * they show the task's row and compile its grant from the type.
   */
  grantDecide(grantee: iam.IGrantable, options: PeopleOptions = {}): iam.Grant {
    return this.#grantPeople('decide', grantee, options, [...this.#readTasks(), this.#plan()]);
  }

  /** Lets a role end tasks of this type early, and see when they are closed. It is all that `taskbound revoke` needs. */
  grantEnd(grantee: iam.IGrantable, options: PeopleOptions = {}): iam.Grant {
    return this.#grantPeople('end', grantee, options, this.#readTasks());
  }

  /**
   * Lets a principal plan tasks of this type, and read their rows, executions and evidence. It is all that `taskbound plan` and `taskbound show`
   * need for this type. `list`, `find`, `archive` and `run --schedule` read across types: they need `grantRead` of the boundary.
   */
  grantRead(grantee: iam.IGrantable): iam.Grant {
    this.#boundary._manifest.roles.add(grantee, `read:${this.type}`);
    const permissions = [
      ...this.#readTasks(),
      this.#follow(),
      ...readTaskEvidence(this.#boundary, this.type),
    ];
    return grantAll(granteeIn(this.#boundary, grantee), [...permissions, this.#plan()]);
  }

  #grantPeople(
    action: PeopleAction,
    grantee: iam.IGrantable,
    options: PeopleOptions,
    permissions: readonly Permission[],
  ): iam.Grant {
    this.#people.add({ action, grantee, options });
    this.#boundary._manifest.roles.add(grantee);
    const called = this.#boundary._control.functions[action];
    if (grantee instanceof IdentityCenterPeople) called.permit(readReservedRoles);
    return grantAll(granteeIn(this.#boundary, grantee), [...callUrl(called), ...permissions]);
  }

  #readTasks(): Permission[] {
    return readTasks(this.#boundary, this.type);
  }

  #follow(): Permission {
    return {
      sid: 'Follow',
      actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
      resources: [this.#machine.executionsArn],
      openBecause: EXECUTIONS_OPEN,
    };
  }

  #plan(): Permission {
    return { sid: 'Plan', actions: ['ssm:GetParameter'], resources: [typeArn(this, this.type)] };
  }
}

/** Roles are granted after the type is declared, so they are checked when the template is written. */
function peopleOf(scope: Construct, { type, approval }: BoundedTaskProps): PeopleOfType {
  const people = new PeopleOfType(type);
  scope.node.addValidation({ validate: () => people.trustPolicyFaults(scope) });
  if (approval !== undefined)
    scope.node.addValidation({ validate: () => people.approvalFaults(approval.quorum) });
  return people;
}
