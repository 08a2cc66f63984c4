import { CreateAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam';
import type { AwsCredentialIdentity } from '@aws-sdk/types';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';
import { NotPermitted } from '../../core/shared/errors.ts';
import type { ClientConfig } from '../../client/caller/client-config.ts';
import { assumedRoleConfig, sessionNameOf, type AssumedRoleConfig } from './credentials.ts';
import type { Acting } from './acting.ts';
import type { Manifest } from '../../core/manifest/manifest.ts';
import { ServiceFailure } from '../../client/errors.ts';
import type { Io } from '../io.ts';
import type { Persona } from './persona.ts';
import { roleArnOf } from './role-arn.ts';
import { grantedRoles, GRANT_METHODS, type Act } from './granted-roles.ts';
import { outputsOrNone } from './stack-outputs.ts';

interface ActingInStack extends Acting {
  readonly manifest: Manifest;
}

/**
 * The config of the person who acts: with `--as`, that person in a session of that role. Without it, the caller's ordinary AWS credentials;
 * an embedded AWS has no people of its own, so there it is the machine's user in the first role that the grants of the stack allow to do it.
 */
export async function personConfig(connection: ActingInStack, io: Io, act: Act): Promise<ClientConfig> {
  const { config, manifest, hasPeople, as } = connection;
  if (as !== undefined) {
    const outputs = () => outputsOrNone(config, manifest.stack);
    const role = await roleArnOf(as.role, { manifest, outputs, hasPeople });
    return sessionConfig(connection, { name: as.name, role });
  }
  return hasPeople ? config : localPersonConfig(connection, sessionNameOf(io.userName), act);
}

/** The config of a person in a role. `role` is an ARN. An embedded AWS creates the person first. */
export function sessionConfig(
  { config, clock, hasPeople }: Acting,
  { name, role }: Persona,
): AssumedRoleConfig {
  return assumedRoleConfig(hasPeople ? config : userConfig(config, name), clock, role, name);
}

/** A role that only a service or an identity provider may assume is no role for the person at this machine, so the next one is tried. */
async function localPersonConfig(connection: ActingInStack, name: string, act: Act): Promise<ClientConfig> {
  const roles = await grantedRoles(connection, act);
  if (roles.length === 0) throw new UsageError(nobodyMay(connection, act));
  const refusals: string[] = [];
  for (const role of roles) {
    const acting = sessionConfig(connection, { name, role });
    try {
      await acting.credentials();
      return acting;
    } catch (error) {
      if (!(error instanceof NotPermitted)) throw error;
      refusals.push(messageOf(error));
    }
  }
  throw new NotPermitted(
    `None of the roles that may ${GRANT_METHODS[act.kind].what} accepts ${name} in the embedded AWS. Let a role with the trust personalPrincipal() do it, or give --as NAME@ROLE. ${refusals.join(' ')}`,
  );
}

function nobodyMay({ manifest }: ActingInStack, { kind, type }: Act): string {
  const { what, method } = GRANT_METHODS[kind];
  const of = type === undefined ? '' : ` of the type ${type}`;
  return `Nobody may ${what}${of} in the stack ${manifest.stack}: no role has the grant. Nothing was done. Call ${method}${kind === 'read' && type !== undefined ? `, or grantRead(role) of the type ${type}` : of}, and give it the role of these people.`;
}

/** The config of an IAM user with a new access key. The trust policies of the roles accept a user only under their own name. */
function userConfig(config: ClientConfig, UserName: string): ClientConfig {
  let created: Promise<AwsCredentialIdentity> | undefined;
  const createKey = async (): Promise<AwsCredentialIdentity> => {
    const { AccessKey } = await new IAMClient({ ...config }).send(new CreateAccessKeyCommand({ UserName }));
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey ?? {};
    if (accessKeyId === undefined || secretAccessKey === undefined)
      throw new ServiceFailure(`CreateAccessKey of ${UserName} returned no key. Check the endpoint.`);
    return { accessKeyId, secretAccessKey };
  };
  const credentials = (): Promise<AwsCredentialIdentity> => {
    created ??= createKey();
    // A failure is not kept: the next attempt may succeed.
    void created.catch(() => (created = undefined));
    return created;
  };
  return { ...config, credentials };
}
