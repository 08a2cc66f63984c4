import type { PeopleRole } from '../task-types/task-type.ts';
import { hasReservedName, isRoleOf } from './permission-set.ts';

/** A caller of one of the functions for people, identified by IAM. */
export interface Person {
  /** Two callers with the same text are the same person. */
  readonly person: string;
  readonly roleArn: string;
}

/** Who called, as IAM verified it. */
export interface Caller {
  /** `arn:aws:sts::111122223333:assumed-role/Approvers/alice` */
  readonly arn: string;
  /** The ARN of the caller's role with its path, if it was looked up in IAM. Only roles of Identity Center need it. */
  readonly roleArn?: string;
}

/**
 * `arn:aws:sts::111122223333:assumed-role/Approvers/alice` -> account, role and session; undefined if it is
 * not the session of a role.
 */
function sessionIn(callerArn: string): { accountId: string; roleName: string; session: string } | undefined {
  const [, accountId, roleName, session] =
    /^arn:[^:]+:sts::(\d+):assumed-role\/([^/]+)\/([^/]+)$/.exec(callerArn) ?? [];
  if (accountId === undefined || roleName === undefined || session === undefined) return undefined;
  return { accountId, roleName, session };
}

/** The name of the caller's role if it has the form of a role of Identity Center, whose path must be looked up. */
export function reservedRoleName(callerArn: string): string | undefined {
  const { roleName } = sessionIn(callerArn) ?? {};
  return roleName !== undefined && hasReservedName(roleName) ? roleName : undefined;
}

/**
 * A session's ARN names its role without the path: compare account and role name.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function isSessionOf(callerArn: string, roleArn: string): boolean {
  const session = sessionIn(callerArn);
  const role = /^arn:[^:]+:iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(roleArn);
  return (
    session !== undefined && role !== null && session.accountId === role[1] && session.roleName === role[2]
  );
}

/** The ARN of the caller's role if the caller is one of these people. */
function roleOf(caller: Caller, role: PeopleRole): string | undefined {
  if ('roleArn' in role) return isSessionOf(caller.arn, role.roleArn) ? role.roleArn : undefined;
  const { roleArn } = caller;
  return roleArn !== undefined && isSessionOf(caller.arn, roleArn) && isRoleOf(roleArn, role)
    ? roleArn
    : undefined;
}

/**
 * The person who calls; undefined if none of the roles is the caller's. In a personal role, the person is the
 * session's name in lower case, independent of role and account: callers who could be the same person count
 * as the same. In other roles, all callers are one person.
 */
export function personOf(caller: Caller, roles: readonly PeopleRole[]): Person | undefined {
  for (const role of roles) {
    const roleArn = roleOf(caller, role);
    const name = sessionIn(caller.arn)?.session ?? '';
    if (roleArn !== undefined) return { roleArn, person: role.personal ? name.toLowerCase() : roleArn };
  }
  return undefined;
}

/** Whether a role, by its ARN, is one of these people. */
export const isAmong = (roleArn: string, role: PeopleRole): boolean =>
  'roleArn' in role ? role.roleArn === roleArn : isRoleOf(roleArn, role);

/** `sessions of arn:aws:iam::111122223333:role/Approvers, users of the permission set Operators` */
export function peopleText(roles: readonly PeopleRole[]): string {
  const arns = roles.flatMap((role) => ('roleArn' in role ? [role.roleArn] : []));
  const sets = roles.flatMap((role) =>
    'roleArn' in role ? [] : [`users of the permission set ${role.permissionSet}`],
  );
  const sessions = arns.length === 0 ? [] : [`sessions of ${arns.join(', ')}`];
  return [...sessions, ...sets].join(', ') || 'sessions of no role';
}
