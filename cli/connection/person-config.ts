import { CreateAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam';
import type { AwsCredentialIdentity } from '@aws-sdk/types';
import type { ClientConfig } from './client-config.ts';
import { assumedRoleConfig, sessionNameOf } from './credentials.ts';
import type { Connection } from './connection.ts';
import { ServiceFailure } from '../errors.ts';
import type { Io } from '../io.ts';
import { outputOf } from './stack-outputs.ts';

/**
 * The config of the person who acts: with `--as`, that person in a session of that role. Without it, the caller's ordinary AWS credentials;
 * an embedded AWS has no people of its own, so there it is the machine's user in the given role.
 */
export function personConfig(connection: Connection, io: Io, role: string): ClientConfig {
  const { config, outputs, clock, hasPeople } = connection;
  const person =
    connection.as ?? (hasPeople ? undefined : { name: sessionNameOf(io.userName), roleOutput: role });
  if (person === undefined) return config;
  const base = hasPeople ? config : userConfig(config, person.name);
  return assumedRoleConfig(base, clock, outputOf(outputs, person.roleOutput), person.name);
}

/** Acts as a requester when no person is given. */
export const requesterConfig = (connection: Connection, io: Io): ClientConfig =>
  personConfig(connection, io, 'Requesters');

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
