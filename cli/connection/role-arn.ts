import { UsageError } from 'taskbound-evidence/command/errors';
import { isRolePattern, localRoleOf } from '../../core/approvals/permission-set.ts';
import type { Manifest, ManifestRole } from '../../core/manifest/manifest.ts';
import { isRoleArn } from './persona.ts';

/** What a role may be found in. */
export interface RoleSources {
  readonly manifest: Pick<Manifest, 'stack' | 'roles'>;
  /** The outputs of the stack by name: an app may name its roles there. Empty if the caller may not read them. */
  /** Whether people sign in themselves: not in an embedded AWS. */
  readonly hasPeople: boolean;
  readonly outputs: () => Promise<Readonly<Record<string, string>>>;
}

/**
 * The ARN of a role that `--as` names: by its ARN, the path of its construct or the last part of it, its logical id, its name in IAM, or the
 * output that contains its ARN. Throws `UsageError` for a name that no role has, or several.
 */
export async function roleArnOf(
  role: string,
  { manifest, outputs, hasPeople }: RoleSources,
): Promise<string> {
  if (isRoleArn(role)) return role;
  const exact = manifest.roles.filter(({ name }) => name === role);
  const found =
    exact.length > 0 ? exact : manifest.roles.filter((each) => isNamed(each, role, manifest.stack));
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return assumable(first, hasPeople);
  if (first === undefined) {
    const output = (await outputs())[role];
    if (output !== undefined && isRoleArn(output)) return output;
  }
  throw new UsageError(
    `${JSON.stringify(role)} ${first === undefined ? 'is no role' : `is the name of ${found.length} roles`} of the stack ${manifest.stack}; ${rolesText(manifest)}. Give one of them, or the ARN of a role.`,
  );
}

/** Nobody can assume the role of a permission set: its users sign in. An embedded AWS has a role that stands for it. */
function assumable({ name, arn }: ManifestRole, hasPeople: boolean): string {
  if (!isRolePattern(arn)) return arn;
  if (!hasPeople) return localRoleOf(arn);
  throw new UsageError(
    `${name} is a permission set of IAM Identity Center, and no command can assume its role. Leave out --as, sign in as the person (aws sso login) and set AWS_PROFILE to a profile with this permission set.`,
  );
}

/** `its grants name the roles Requesters (arn:…), Approvers (arn:…)` */
const rolesText = ({ roles }: Pick<Manifest, 'roles'>): string =>
  roles.length === 0
    ? 'its grants name no role: call grantSubmit(role) of a task type'
    : `its grants name the roles ${roles.map(({ name, arn }) => `${name} (${arn})`).join(', ')}`;

const lastPart = (path: string): string => path.split('/').at(-1) ?? path;

function isNamed({ name, arn }: ManifestRole, role: string, stack: string): boolean {
  const inIam = lastPart(arn);
  // CloudFormation names a role <stack>-<logical id>-<random part>, the embedded AWS <stack>-<logical id>.
  const named = `${stack}-${role}`;
  return [lastPart(name), inIam].includes(role) || inIam === named || inIam.startsWith(`${named}-`);
}
