import type { Duration } from 'aws-cdk-lib';
import { ArnFormat, Lazy, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { ParameterSpec } from '../../core/task-types/parameters.ts';
import type {
  ApprovalRule,
  ScheduleSpec,
  SecretSpec,
  TaskTypeConfig,
  ToolSpec,
} from '../../core/task-types/task-type.ts';
import type { WindowRule } from '../../core/windows/window-rule.ts';
import { EXECUTIONS_OPEN, typeArn } from '../boundary/control-permissions.ts';
import { CONTROL_STATE_TIMEOUT, PROOF_STATE_TIMEOUT } from '../boundary/control-plane.ts';
import { checkApproval, checkDeclaration, checkSessionPolicyFits, checkTimeouts } from './declaration.ts';
import { checkWindow } from '../windows/declaration-window.ts';
import { keyTool } from '../boundary/encryption.ts';
import { outliveDeploys } from '../boundary/retain-on-deploy.ts';
import { People, type PeopleOptions } from '../approvals/people.ts';
import { grantAll } from '../boundary/record-grants.ts';
import type { TaskBoundary } from '../boundary/task-boundary.ts';
import { BoundaryMachine } from '../workflow/boundary-machine.ts';
import { checkSchedule } from '../schedules/schedule-declaration.ts';
import { TaskSchedule, type ScheduleProps } from '../schedules/task-schedule.ts';
import { taskDefinition } from '../workflow/task-definition.ts';
import { TaskRole } from '../task-role/task-role.ts';
import type { Tool } from '../tools/tool.ts';
import { typeParameter } from './type-parameter.ts';
import { checkUploads } from '../tools/uploads.ts';
import { WorkFunction } from '../work/work-function.ts';
import type { Work } from '../work/work.ts';

export interface BoundedTaskProps {
  readonly boundary: TaskBoundary;
  /** `[a-z][a-z0-9-]{1,22}`, unique in the stack. */
  readonly type: string;
  /** What a request fills in; each must be used by a tool. @default - none */
  readonly parameters?: Readonly<Record<string, ParameterSpec>>;
  /** What a task may do; the name becomes the statement's Sid. */
  readonly tools: Readonly<Record<string, Tool>>;
  /** Made for one task, gone at its end. @default - none */
  readonly secrets?: Readonly<Record<string, SecretSpec>>;
  readonly work: Work;
  /** How long the workflow waits for the work. @default - the work's timeout and 15 seconds */
  readonly stateTimeout?: Duration;
  /** How long a session lives at most. @default - the state's timeout and 45 seconds */
  readonly lease?: Duration;
  /**
   * How long a task may have access at all, from the first thing that is issued: work that is not done gets lease after lease until then.
   * @default - the lease and a minute, which is one run
   */
  readonly taskTimeout?: Duration;
  /** @default - nobody needs to approve */
  readonly approval?: ApprovalRule;
  /** @default - at any time */
  readonly window?: WindowRule;
  /** Whether a request may skip the approval as an emergency; it raises an alarm and must be reviewed. @default false */
  readonly emergency?: boolean;
}

/** One task type: its role under a ceiling, its work function, its state machine, its configuration. */
export class BoundedTask extends Construct {
  readonly type: string;
  readonly stateMachineArn: string;
  readonly #machine: BoundaryMachine;
  readonly #boundary: TaskBoundary;
  readonly #people: People;
  readonly #config: TaskTypeConfig;
  readonly #schedules: Record<string, ScheduleSpec> = {};

  constructor(scope: Construct, id: string, props: BoundedTaskProps) {
    super(scope, id);
    const { boundary, type } = props;
    const { options, control } = boundary;
    const declared = declarationOf(props);
    checkDeclaration(declared);
    checkUploads(this, props.tools);
    const timeouts = timeoutsOf(props);
    checkTimeouts(type, timeouts);
    checkWindow(type, props.window, timeouts.state);
    const secrets = Object.keys(declared.secrets).sort();
    const tools = withKeyTool(declared.tools, boundary, secrets.length > 0);

    const issuer = control.issueIdentity.role;
    const task = new TaskRole(this, 'Task', { type, tools, hasSecrets: secrets.length > 0, issuer });
    const work = new WorkFunction(this, 'Work', type, props.work, options);
    outliveDeploys(work, options);
    const machine = new BoundaryMachine(this, 'Workflow', {
      name: type,
      comment: `One execution is one ${type} task.`,
      definition: taskDefinition({
        type,
        secrets,
        functions: control.versions,
        hasWindow: props.window !== undefined,
        workVersionArn: work.versionArn,
        controlTimeoutSeconds: CONTROL_STATE_TIMEOUT.toSeconds(),
        proofTimeoutSeconds: PROOF_STATE_TIMEOUT.toSeconds(),
        workTimeoutSeconds: timeouts.state,
      }),
      functionArns: [...Object.values(control.workflowFunctions), work].map(
        (called) => called.function.functionArn,
      ),
      options,
    });
    const people = peopleOf(this, props);
    const config: TaskTypeConfig = {
      ...declared,
      version: 1,
      stack: Stack.of(this).stackName,
      tools: [...tools],
      leaseSeconds: timeouts.lease,
      workSeconds: timeouts.state,
      taskSeconds: timeouts.task,
      approval: props.approval ?? null,
      window: props.window ?? null,
      emergency: props.emergency ?? false,
      taskRoleArn: task.role.roleArn,
      workRoleArn: work.role.roleArn,
      workVersionArn: work.versionArn,
      stateMachineArn: machine.stateMachineArn,
      secretArnPrefix: Stack.of(this).formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        resourceName: '',
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
      schedules: {},
      people: { submit: [], decide: [], end: [] },
    };
    checkSessionPolicyFits(this, config);
    // Roles and schedules come after the type is declared: they are read when the template is written.
    const schedules = Lazy.any({ produce: () => this.#schedules });
    typeParameter(this, config, { people: people.rendered(), schedules });
    boundary.admitType(config, machine, task);

    this.type = type;
    this.#people = people;
    this.stateMachineArn = machine.stateMachineArn;
    this.#machine = machine;
    this.#boundary = boundary;
    this.#config = config;
  }

  /**
   * Submits a task of this type whenever the schedule is due, once for each time, however often it is delivered. The id is the schedule's
   * name, unique in the stack: `Nightly`.
   */
  schedule(id: string, props: ScheduleProps): TaskSchedule {
    checkSchedule(this, id, props, this.#config);
    const { scheduledRuns } = this.#boundary;
    scheduledRuns.claim(id, this.type);
    if (Object.keys(this.#schedules).length === 0)
      this.#boundary.admitSchedules(this.type, this.stateMachineArn);
    const schedule = new TaskSchedule(this, id, { ...props, type: this.type, runs: scheduledRuns });
    this.#schedules[id] = schedule.spec;
    return schedule;
  }

  /** Lets a role submit tasks of this type, and no other type: `submit` checks the role, because a function URL cannot tell types apart. */
  grantSubmit(grantee: iam.IGrantable, options: PeopleOptions = {}): iam.Grant {
    return this.#people.grant('submit', grantee, options, this.#boundary.control.submit);
  }

  /** Lets a role approve and refuse tasks of this type, and review its emergencies. */
  grantDecide(grantee: iam.IGrantable, options: PeopleOptions = {}): iam.Grant {
    return this.#people.grant('decide', grantee, options, this.#boundary.control.decide);
  }

  /** Lets a role end tasks of this type before their own end. */
  grantEnd(grantee: iam.IGrantable, options: PeopleOptions = {}): iam.Grant {
    return this.#people.grant('end', grantee, options, this.#boundary.control.end);
  }

  /** Lets someone plan tasks of this type and follow their executions. */
  grantRead(grantee: iam.IGrantable): iam.Grant {
    return grantAll(grantee, [
      {
        sid: 'Follow',
        actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
        resources: [this.#machine.executionsArn],
        openBecause: EXECUTIONS_OPEN,
      },
      { sid: 'Plan', actions: ['ssm:GetParameter'], resources: [typeArn(this, this.type)] },
    ]);
  }
}

const declarationOf = ({ type, parameters, tools, secrets }: BoundedTaskProps) => ({
  type,
  parameters: { ...parameters },
  tools: Object.entries(tools).map(([name, tool]) => tool.toSpec(name)),
  secrets: { ...secrets },
});

/** Who may approve is granted after the type is declared, so it is looked at when everything is. */
function peopleOf(scope: Construct, { type, approval, emergency }: BoundedTaskProps): People {
  const people = new People(type);
  checkApproval(type, omitUndefined({ approval, emergency }));
  scope.node.addValidation({ validate: () => people.pinFaults(scope) });
  if (approval !== undefined)
    scope.node.addValidation({ validate: () => people.approvalFaults(approval.quorum) });
  return people;
}

function timeoutsOf(props: BoundedTaskProps) {
  const work = props.work.timeout.toSeconds();
  const state = props.stateTimeout?.toSeconds() ?? work + 15;
  const lease = props.lease?.toSeconds() ?? state + 45;
  return { work, state, lease, task: props.taskTimeout?.toSeconds() ?? lease + 60 };
}

function withKeyTool(
  tools: readonly ToolSpec[],
  boundary: TaskBoundary,
  hasSecrets: boolean,
): readonly ToolSpec[] {
  const key = boundary.options.encryptionKey;
  return key === undefined || !hasSecrets ? tools : [...tools, keyTool(key)];
}
