import * as z from 'zod';

/**
 * A permission set of IAM Identity Center whose users may act. Each account to which the set is assigned has one role for it. AWS chooses the
 * role's suffix and path, and sets the session's name to the user's name:
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
 */
export const permissionSet = z.strictObject({
  /** https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreatePermissionSet.html */
  permissionSet: z.string().regex(/^[\w+=,.@-]{1,32}$/),
  /** `arn:aws:iam::111122223333:role/` */
  rolePrefix: z.string().min(1),
  /** The session's name is one person. */
  personal: z.literal(true),
});
export type PermissionSet = z.infer<typeof permissionSet>;

/** Only AWS can create roles under this path. */
export const RESERVED_PATH = 'aws-reserved/sso.amazonaws.com/';
const RESERVED_NAME = 'AWSReservedSSO_';
/** For an embedded AWS, which has no Identity Center. */
const LOCAL_SUFFIX = '0'.repeat(16);

/** Whether a role has the form of a role that Identity Center made. Its name alone proves nothing: see `isRoleOf`. */
export const hasReservedName = (roleName: string): boolean => roleName.startsWith(RESERVED_NAME);

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether a role, by its full ARN with its path, is the role of the permission set. Without the path, anybody could create such a name. */
export function isRoleOf(roleArn: string, set: Pick<PermissionSet, 'permissionSet' | 'rolePrefix'>): boolean {
  const prefix = `${set.rolePrefix}${RESERVED_PATH}`;
  // The region of the Identity Center is part of the path, except in us-east-1.
  const rest = new RegExp(
    `^(?:[a-z]{2}(?:-[a-z]+)+-\\d\\/)?${RESERVED_NAME}${escaped(set.permissionSet)}_[0-9a-f]{16}$`,
  );
  return roleArn.startsWith(prefix) && rest.test(roleArn.slice(prefix.length));
}

/** As a pattern of IAM: `arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Operators_*`. */
export const rolePatternOf = (permissionSet: string, rolePrefix: string): string =>
  `${rolePrefix}${RESERVED_PATH}*${RESERVED_NAME}${permissionSet}_*`;

/** The role that stands for a permission set in an embedded AWS. */
export const localRoleOf = (rolePattern: string): string =>
  rolePattern.replace(`${RESERVED_PATH}*`, RESERVED_PATH).replace(/\*$/, LOCAL_SUFFIX);

/** Whether the ARN of a role in a manifest is that of a permission set. */
export const isRolePattern = (arn: string): boolean => arn.includes('*');
