import type { PeopleRole } from '../task-types/task-type.ts';

/** A caller of one of the functions for people, identified by IAM. */
export interface Person {
  /** Two callers with the same text are the same person. */
  readonly person: string;
  readonly roleArn: string;
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

/**
 * The person who calls; undefined if none of the roles is the caller's. In a personal role, the person is the
 * session's name in lower case, independent of role and account: callers who could be the same person count
 * as the same. In other roles, all callers are one person.
 */
export function personOf(callerArn: string, roles: readonly PeopleRole[]): Person | undefined {
  const role = roles.find(({ roleArn }) => isSessionOf(callerArn, roleArn));
  if (role === undefined) return undefined;
  const { roleArn, personal } = role;
  const name = sessionIn(callerArn)?.session ?? '';
  return { roleArn, person: personal ? name.toLowerCase() : roleArn };
}
