import type { EmbeddedAws } from 'taskbound-local/embedded-aws';
import { manifest, manifestName, type Manifest } from '../../core/manifest/manifest.ts';

/** The manifest of a loaded stack, read without authorization. */
export const manifestIn = ({ ssm }: Pick<EmbeddedAws, 'ssm'>, stackName: string): Manifest =>
  manifest.parse(JSON.parse(ssm.value(manifestName(stackName)) ?? 'null'));

/** The ARN of the role whose construct has the id. */
export function roleNamed({ roles, stack }: Manifest, id: string): string {
  const role = roles.find(({ name }) => name === id);
  if (role === undefined) throw new RangeError(`The manifest of ${stack} has no role ${id}.`);
  return role.arn;
}
