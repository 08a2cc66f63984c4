import { CreateAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam';
import type { AwsCredentialIdentity } from '@aws-sdk/types';
import type { ClientConfig } from './client-config.ts';
import { assumedRoleConfig, sessionNameOf } from './credentials.ts';
import type { Connection } from './connection.ts';
import { ServiceFailure } from '../errors.ts';
import type { Io } from '../io.ts';
import { outputOf } from './stack-outputs.ts';

/**
 * Who acts: the one that `--as` names, in a session of that role. Without it the caller's ordinary AWS credentials; an embedded AWS has
 * no people of its own, so there it is the machine's user in the given role.
 */
export function personConfig(connection: Connection, io: Io, role: string): ClientConfig {
  const { config, outputs, clock, hasPeople } = connection;
  const who = connection.as ?? (hasPeople ? undefined : { name: sessionNameOf(io.userName), role });
  if (who === undefined) return config;
  const base = hasPeople ? config : userConfig(config, who.name);
  return assumedRoleConfig(base, clock, outputOf(outputs, who.role), who.name);
}

/** Who submits and reads when no other person is named. */
export const requesterConfig = (connection: Connection, io: Io): ClientConfig =>
  personConfig(connection, io, 'Requesters');

/** The config of an IAM user, whose key the account's owner makes: the roles' trust then lets them in under their own name only. */
function userConfig(config: ClientConfig, UserName: string): ClientConfig {
  let made: Promise<AwsCredentialIdentity> | undefined;
  const make = async (): Promise<AwsCredentialIdentity> => {
    const { AccessKey } = await new IAMClient({ ...config }).send(new CreateAccessKeyCommand({ UserName }));
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = AccessKey ?? {};
    if (accessKeyId === undefined || secretAccessKey === undefined)
      throw new ServiceFailure(`CreateAccessKey of ${UserName} gave no key. Check the endpoint.`);
    return { accessKeyId, secretAccessKey };
  };
  return { ...config, credentials: () => (made ??= make()) };
}
