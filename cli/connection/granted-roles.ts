import { SSMClient } from '@aws-sdk/client-ssm';
import { unknownType } from '../../core/requests/request.ts';
import { isRolePattern, localRoleOf, rolePatternOf } from '../../core/approvals/permission-set.ts';
import type { Manifest } from '../../core/manifest/manifest.ts';
import { readTaskType } from '../../client/stack/task-type.ts';
import type { ClientConfig } from '../../client/caller/client-config.ts';

/** What somebody does in a stack. Reading across types has no type. */
export type Act =
  | { readonly kind: 'submit' | 'decide' | 'end'; readonly type: string }
  | { readonly kind: 'read'; readonly type?: string }
  | { readonly kind: 'drain'; readonly type?: undefined };

/** What the grants of each kind are for, and the method that makes one. */
export const GRANT_METHODS = {
  submit: { what: 'submit tasks', method: 'grantSubmit(role)' },
  decide: { what: 'approve and refuse tasks', method: 'grantDecide(role)' },
  end: { what: 'end tasks', method: 'grantEnd(role)' },
  read: { what: 'read tasks', method: 'grantRead(role) of the boundary' },
  drain: { what: 'drain the stack', method: 'grantDrain(role) of the boundary' },
} as const satisfies Readonly<Record<Act['kind'], { readonly what: string; readonly method: string }>>;

/**
 * The ARNs of the roles that may do it, in the order in which they were granted. For a permission set, the role that stands for it in an embedded
 * AWS. Throws `MalformedRequest` when there is no such type. */
export async function grantedRoles(
  { manifest, config }: { readonly manifest: Manifest; readonly config: ClientConfig },
  act: Act,
): Promise<string[]> {
  switch (act.kind) {
    case 'drain':
      return rolesWith(manifest, ['drain']);
    case 'read':
      return rolesWith(manifest, ['read', ...(act.type === undefined ? [] : [`read:${act.type}`])]);
    default: {
      if (!manifest.types.includes(act.type)) throw unknownType(act.type, manifest.types);
      const { people } = await readTaskType(act.type, manifest.stack, new SSMClient({ ...config }));
      return people[act.kind].map((role) =>
        'roleArn' in role ? role.roleArn : localRoleOf(rolePatternOf(role.permissionSet, role.rolePrefix)),
      );
    }
  }
}

/** Roles with the first grant come before roles with the second. */
const rolesWith = ({ roles }: Manifest, wanted: readonly string[]): string[] =>
  wanted.flatMap((grant) =>
    roles
      .filter(({ grants }) => grants.includes(grant))
      .map(({ arn }) => (isRolePattern(arn) ? localRoleOf(arn) : arn)),
  );
