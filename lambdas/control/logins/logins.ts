import { describeError } from 'taskbound-evidence/describe-error';
import { loginNameOf, rightsText, type PostgresSpec } from '../../../core/logins/login.ts';
import { LoginServerUnavailable } from '../../../core/shared/errors.ts';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import type { AttemptedSecret, RemovableSecret } from '../../../core/ledger/secret-record.ts';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { Secret } from '../../../core/secrets/secret.ts';
import type { TaskSecrets } from '../secrets/secrets.ts';
import { adminAccessIn, type AdminAccess } from './admin-access.ts';
import type { LoginAt, LoginServer, LoginState } from './login-server.ts';

/** A secret whose value is a login's password. */
type LoginSecret = RemovableSecret & { readonly spec: PostgresSpec };

export const isLogin = <Secret extends RemovableSecret>(
  secret: Secret,
): secret is Secret & { readonly spec: PostgresSpec } => secret.spec.kind === 'postgres';

/**
 * Logins by their secrets' records in the ledger: their `spec` is what was requested, even if the type's
 * configuration has changed.
 */
export class Logins {
  readonly #server: LoginServer;
  readonly #secrets: TaskSecrets;
  constructor(server: LoginServer, secrets: TaskSecrets) {
    this.#server = server;
    this.#secrets = secrets;
  }

  /** Makes the login. Returns the secret value that the task reads, and public facts about the login. */
  async make(
    row: LedgerRow,
    secret: AttemptedSecret & LoginSecret,
    password: Secret<string>,
  ): Promise<{ readonly value: Secret<string>; readonly handle: Record<string, string> }> {
    const admin = await this.#admin(secret.spec);
    const validUntilMs = row.taskDeadlineMs ?? 0;
    const { boundaryId } = row;
    const attempt = secret.attempts;
    const at = atOf(secret);
    const { roleId } = await this.#server.make(admin, { ...at, boundaryId, attempt, password, validUntilMs });
    const handle = {
      username: at.name,
      roleId,
      database: secret.spec.database,
      server: serverText(admin),
      validUntil: new Date(validUntilMs).toISOString(),
      rights: rightsText(secret.spec),
    };
    return { value: loginValue(admin, at, password), handle };
  }

  async end(secret: LoginSecret): Promise<void> {
    await this.#server.end(await this.#admin(secret.spec), atOf(secret));
  }

  async look(secret: LoginSecret): Promise<LoginState & { readonly server: string }> {
    const admin = await this.#admin(secret.spec);
    return { ...(await this.#server.look(admin, atOf(secret))), server: serverText(admin) };
  }

  /** Read each time: an admin's password can change at any time. */
  async #admin({ adminSecretArn }: PostgresSpec): Promise<AdminAccess> {
    const text = await this.#secrets.current(adminSecretArn).catch((error: unknown) => {
      const because = describeError(error);
      throw unreadable(adminSecretArn, because);
    });
    if (text === undefined) throw unreadable(adminSecretArn, 'it does not exist, or has no value');
    return adminAccessIn(text, adminSecretArn);
  }
}

const unreadable = (arn: string, because: string): LoginServerUnavailable =>
  new LoginServerUnavailable(
    `The admin secret ${arn} cannot be read: ${because}. Logins can neither be made nor ended without it. Restore it, or the permission to read it.`,
  );

const atOf = (secret: LoginSecret): LoginAt => ({
  name: loginNameOf(secret.secretName),
  spec: secret.spec,
  ...omitUndefined({ roleId: secret.handle?.['roleId'] }),
});

const serverText = ({ host, port }: AdminAccess): string => `${host}:${port}`;

/** The form of an RDS secret: a client that accepts those accepts this one. */
function loginValue(
  { host, port, sslmode, ca }: AdminAccess,
  { name, spec }: LoginAt,
  password: Secret<string>,
): Secret<string> {
  const plain = { engine: 'postgres', host, port, username: name, password: password.reveal() };
  const tls = { sslmode, ...omitUndefined({ ca }) };
  return new Secret(JSON.stringify({ ...plain, dbname: spec.database, ...tls }));
}
