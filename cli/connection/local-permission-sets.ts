import { isRolePattern, localRoleOf, RESERVED_PATH } from '../../core/approvals/permission-set.ts';
import type { Manifest } from '../../core/manifest/manifest.ts';
import type { EmbeddedAws } from 'taskbound-local/embedded-aws';

/** As Identity Center does: the session's name is the name of the user who signed in. */
const ownNameOnly = (account: string) =>
  ({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:RoleSessionName': '${aws:username}' } },
    },
  }) as const;

const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/**
 * An embedded AWS has no Identity Center. For each permission set that a grant names, this makes the role that Identity Center would make, with the
 * customer managed policy that the permission set must name.
 */
export function makePermissionSets({ iam, clock }: EmbeddedAws, { stack, roles }: Manifest): void {
  for (const { name, arn } of roles.filter((role) => isRolePattern(role.arn))) {
    const roleArn = localRoleOf(arn);
    const [, account = ''] = /^arn:[^:]+:iam::(\d+):/.exec(roleArn) ?? [];
    iam.putRole(
      { name: lastPart(roleArn), path: `/${RESERVED_PATH}`, trust: ownNameOnly(account) },
      clock.nowMs(),
    );
    iam.attach(lastPart(roleArn), `arn:aws:iam::${account}:policy/taskbound-${stack}-${name}`);
  }
}
