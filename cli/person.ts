import { CreateAccessKeyCommand, IAMClient } from '@aws-sdk/client-iam';
import type { AwsCredentialIdentity } from '@aws-sdk/types';
import { assumed, sessionNameOf } from './credentials.ts';
import type { ClientConfig, Connection } from './connection.ts';
import { ServiceFailure, UsageError } from './errors.ts';
import type { Io } from './io.ts';
import { outputOf } from './stack-outputs.ts';

/** Somebody in one of the stack's roles: `alice@Approvers`. */
export interface Persona {
  readonly name: string;
  /** The stack's output that has the role's ARN. */
  readonly role: string;
}

/** A session's name, `@`, and the name of an output; the name may have an `@` of its own, as an e-mail address has. */
const PERSONA = /^([\w+=,.@-]{2,64})@([A-Za-z][A-Za-z0-9]*)$/;

/** Reads what `--as` was given. Throws `UsageError`. */
export function parsePersona(text: string, option: string): Persona {
  const [, name, role] = PERSONA.exec(text) ?? [];
  if (name !== undefined && role !== undefined) return { name, role };
  throw new UsageError(
    `${option} ${JSON.stringify(text)} was given; allowed: a person and the stack's output with their role, such as alice@Approvers. Correct it.`,
  );
}

/**
 * Who acts: the one that `--as` names, in a session of that role. Without it the caller's ordinary AWS credentials; an embedded AWS has
 * no people of its own, so there it is the machine's user in the given role.
 */
export function personConfig(connection: Connection, io: Io, role: string): ClientConfig {
  const { config, outputs, clock, hasPeople } = connection;
  const who = connection.as ?? (hasPeople ? undefined : { name: sessionNameOf(io.userName), role });
  if (who === undefined) return config;
  const base = hasPeople ? config : userConfig(config, who.name);
  return assumed(base, clock, outputOf(outputs, who.role), who.name);
}

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
