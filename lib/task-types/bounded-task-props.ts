import type { Duration } from 'aws-cdk-lib';
import type { ParameterSpec } from '../../core/task-types/parameters.ts';
import type { ApprovalRule, SecretSpec } from '../../core/task-types/task-type.ts';
import type { WindowRule } from '../../core/windows/window-rule.ts';
import type { ITaskBoundary } from '../boundary/i-task-boundary.ts';
import type { Isolation } from '../isolation/isolation.ts';
import type { Tool } from '../tools/tool.ts';
import type { Work } from '../work/work.ts';

export interface BoundedTaskProps {
  readonly boundary: ITaskBoundary;
  /** `[a-z][a-z0-9-]{1,22}`, unique in the stack. */
  readonly type: string;
  /** What a request contains; a tool must use each parameter. @default - none */
  readonly parameters?: Readonly<Record<string, ParameterSpec>>;
  /** What a task may do; the name becomes the statement's Sid. */
  readonly tools: Readonly<Record<string, Tool>>;
  /** Created for one task, deleted at its end. @default - none */
  readonly secrets?: Readonly<Record<string, SecretSpec>>;
  readonly work: Work;
  /** `Isolation.perTask()`: no two tasks share an execution environment. @default - a task can get the environment of an earlier one */
  readonly isolation?: Isolation;
  /** How long the workflow waits for the work. @default - the work's timeout and 15 seconds */
  readonly stateTimeout?: Duration;
  /** The longest lifetime of a session. @default - the state's timeout and 45 seconds */
  readonly lease?: Duration;
  /**
   * How long a task may have access in total, from the moment something is first issued. Until then, unfinished work gets one lease after
   * another.
   * @default - the lease and one minute, which is one run
   */
  readonly taskTimeout?: Duration;
  /** @default - no approval is needed */
  readonly approval?: ApprovalRule;
  /** @default - at any time */
  readonly window?: WindowRule;
  /** Whether a request may skip the approval as an emergency, which raises an alarm and must be reviewed. @default false */
  readonly emergency?: boolean;
}
