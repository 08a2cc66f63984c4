import * as z from 'zod';
import { DEFAULT_SSLMODE, sslmode, type SslMode } from '../../../core/logins/database-tls.ts';
import { LoginServerUnavailable } from '../../../core/shared/errors.ts';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { Secret } from '../../../core/secrets/secret.ts';

/**
 * The form of RDS,
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html#reference_secret_json_structure_rds-postgres,
 * and two fields for TLS. Other fields are ignored.
 */
const adminSecret = z.looseObject({
  engine: z
    .string()
    .regex(/^postgres/)
    .optional(),
  host: z.string().min(1),
  port: z.coerce.number().int().min(1).max(65_535).default(5432),
  username: z.string().min(1),
  password: z.string().min(1),
  sslmode: sslmode.default(DEFAULT_SSLMODE),
  /** PEM of the authority that signed the server's certificate, if no public one did. */
  ca: z.string().min(1).optional(),
});

interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly sslmode: SslMode;
  readonly ca?: string;
}

/** The address of a server, and its admin's credentials. */
export interface AdminAccess extends ServerAddress {
  readonly username: string;
  readonly password: Secret<string>;
}

/** Errors name fields, never their values: the text contains a password. */
export function adminAccessIn(text: string, secretArn: string): AdminAccess {
  const parsed = adminSecret.safeParse(jsonOrUndefined(text));
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole').join(', ');
    throw new LoginServerUnavailable(
      `The admin secret ${secretArn} does not have the required form (wrong: ${fields}); it must be JSON with engine, host, port, username and password. Put such a value.`,
    );
  }
  const { host, port, username, password, sslmode: mode, ca } = parsed.data;
  return {
    host,
    port,
    sslmode: mode,
    ...omitUndefined({ ca }),
    username,
    password: new Secret(password),
  };
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
