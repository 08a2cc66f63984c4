import type * as iam from 'aws-cdk-lib/aws-iam';
import type { TaskTypeConfig } from '../../core/task-types/task-type.ts';
import { readAdmins } from '../secrets/secret-permissions.ts';
import type { BoundaryMachine } from '../workflow/boundary-machine.ts';
import { startExecutions } from '../workflow/execution-permissions.ts';
import type { ControlPlane } from './control-plane.ts';

/** A task type that a boundary admits. */
export interface RegisteredType {
  readonly config: Pick<TaskTypeConfig, 'type' | 'secrets' | 'approval'>;
  readonly machine: BoundaryMachine;
  readonly taskRole: iam.IRole;
}

/** Adds what the control functions may do for one type. */
export function permitType(
  { functions, loginFunctions }: ControlPlane,
  { config: { type, secrets, approval }, machine, taskRole }: RegisteredType,
): void {
  const sid = sidOf(type);
  const start = startExecutions(sid, machine.stateMachineArn);
  functions.submit.permit(start);
  // A type without approvals has no decisions that could start a task.
  if (approval !== null) functions.decide.permit(start);
  functions.reconcile.permit(start);
  functions.issueIdentity.permit({
    sid: `Assume${sid}`,
    actions: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
    resources: [taskRole.roleArn],
  });
  for (const permission of readAdmins(sid, secrets))
    for (const called of loginFunctions) called.permit(permission);
}

export const permitSchedules = (
  { functions }: ControlPlane,
  { config, machine }: Pick<RegisteredType, 'config' | 'machine'>,
): void => functions.submitScheduled.permit(startExecutions(sidOf(config.type), machine.stateMachineArn));

/** A type's name as part of a statement's Sid, which is alphanumeric: `object-transfer` becomes `ObjectTransfer`. */
export const sidOf = (type: string): string =>
  type.replace(/(^|-)([a-z0-9]?)/g, (_whole, _dash, letter: string) => letter.toUpperCase());
