import type { PeopleRole } from '../task-types/task-type.ts';

/** Somebody who calls one of the functions for people, as IAM knows them. */
export interface Person {
  /** Who it is: two callers with the same text are one person. */
  readonly person: string;
  readonly roleArn: string;
}

/** `arn:aws:sts::111122223333:assumed-role/Approvers/alice` -> account, role and session; undefined when it is no session of a role. */
function sessionIn(callerArn: string): { accountId: string; roleName: string; session: string } | undefined {
  const [, accountId, roleName, session] =
    /^arn:[^:]+:sts::(\d+):assumed-role\/([^/]+)\/([^/]+)$/.exec(callerArn) ?? [];
  if (accountId === undefined || roleName === undefined || session === undefined) return undefined;
  return { accountId, roleName, session };
}

/** A session's ARN names its role without the path: compare account and role name. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
export function isSessionOf(callerArn: string, roleArn: string): boolean {
  const session = sessionIn(callerArn);
  const role = /^arn:[^:]+:iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(roleArn);
  return (
    session !== undefined && role !== null && session.accountId === role[1] && session.roleName === role[2]
  );
}

/**
 * Which person calls; undefined when no role of the list lets the caller in. In a personal role the session's name is the person, in
 * whichever role and account it is met, and in small letters: who could be the same person is taken for the same. Otherwise everybody
 * in the role is one person.
 */
export function personOf(callerArn: string, roles: readonly PeopleRole[]): Person | undefined {
  const role = roles.find(({ roleArn }) => isSessionOf(callerArn, roleArn));
  if (role === undefined) return undefined;
  const { roleArn, personal } = role;
  const name = sessionIn(callerArn)?.session ?? '';
  return { roleArn, person: personal ? name.toLowerCase() : roleArn };
}
