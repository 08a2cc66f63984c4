import { NotPermitted } from '../../core/shared/errors.ts';
import type { Manifest } from '../../core/manifest/manifest.ts';
import type { Acting } from './acting.ts';
import { sessionConfig } from './person-config.ts';
import { isRoleArn } from './persona.ts';
import { readManifest } from '../../client/stack/read-manifest.ts';
import { outputsOrNone } from './stack-outputs.ts';

/**
 * Reads the manifest as the caller. A person who may only assume a role reads it in that role, which must then be known without the manifest: by
 * its ARN, or by an output of the stack.
 */
export async function findManifest(stackName: string, acting: Acting): Promise<Manifest> {
  const { config, as } = acting;
  const inRole = (role: string, name: string) =>
    readManifest(sessionConfig(acting, { name, role }), stackName);
  if (as !== undefined && acting.hasPeople && isRoleArn(as.role)) return inRole(as.role, as.name);
  try {
    return await readManifest(config, stackName);
  } catch (error) {
    if (!(error instanceof NotPermitted) || as === undefined) throw error;
    const role = (await outputsOrNone(config, stackName))[as.role];
    if (role !== undefined && isRoleArn(role)) return inRole(role, as.name);
    throw new NotPermitted(
      `${error.message} Or name the role by its ARN, which needs no permission to look it up: --as ${as.name}@arn:aws:iam::ACCOUNT:role/NAME.`,
    );
  }
}
