import { GetRoleCommand, type IAMClient } from '@aws-sdk/client-iam';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { reservedRoleName } from '../../../core/approvals/people.ts';
import type { VerifiedCaller } from './caller.ts';

/** Completes what IAM said about a caller. */
export type Identify = (caller: VerifiedCaller) => Promise<VerifiedCaller>;

/**
 * Looks up the role of a caller whose role has the form of a role of IAM Identity Center. A session's ARN has no path, and anybody in the
 * account may create a role with such a name; only AWS can create one under the reserved path. The function may read roles of that path only,
 * so a role elsewhere cannot be read and matches no permission set. The id is compared, because a role may be replaced under the same name.
 */
export const identifyReservedRoles =
  (iam: IAMClient): Identify =>
  async (caller) => {
    const RoleName = reservedRoleName(caller.arn);
    if (RoleName === undefined) return caller;
    const role = await iam.send(new GetRoleCommand({ RoleName })).then(({ Role }) => Role, unknownToUs);
    const isSame = role?.RoleId !== undefined && role.RoleId === caller.userId.split(':', 1)[0];
    return { ...caller, ...omitUndefined({ roleArn: isSame ? role.Arn : undefined }) };
  };

function unknownToUs(error: unknown): undefined {
  if (
    error instanceof Error &&
    /^(AccessDenied|AccessDeniedException|NoSuchEntity|NoSuchEntityException)$/.test(error.name)
  )
    return undefined;
  throw error;
}
