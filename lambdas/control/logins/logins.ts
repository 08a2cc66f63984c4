import { describeError } from 'taskbound-evidence/describe-error';
import { loginNameOf, rightsText, type PostgresSpec } from '../../../core/logins/login.ts';
import { LoginServerUnavailable } from '../../../core/shared/errors.ts';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import type { AttemptedSecret, RemovableSecret } from '../../../core/ledger/secret-record.ts';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { Secret } from '../../../core/secrets/secret.ts';
import type { TaskSecrets } from '../secrets/secrets.ts';
import { adminAccessIn, type AdminAccess } from './admin-access.ts';
import type { LoginRef, LoginServer, LoginState } from './login-server.ts';

/** A secret whose value is a login's password. */
type LoginSecret = RemovableSecret & { readonly spec: PostgresSpec };

export const isLogin = <Secret extends RemovableSecret>(
  secret: Secret,
): secret is Secret & { readonly spec: PostgresSpec } => secret.spec.kind === 'postgres';

/**
 * Makes and ends logins. The specification of a login comes from the secret's record in the ledger, so a
 * later change of the task type's configuration has no effect on it.
 */
export class Logins {
  readonly #server: LoginServer;
  readonly #secrets: TaskSecrets;
  constructor(server: LoginServer, secrets: TaskSecrets) {
    this.#server = server;
    this.#secrets = secrets;
  }

  /** Makes the login. Returns the secret value that the task reads, and facts about the login that are not secret. */
  async make(
    row: LedgerRow,
    secret: AttemptedSecret & LoginSecret,
    password: Secret<string>,
  ): Promise<{ readonly value: Secret<string>; readonly handle: Record<string, string> }> {
    const admin = await this.#readAdminAccess(secret.spec);
    const validUntilMs = row.taskDeadlineMs ?? 0;
    const { boundaryId } = row;
    const attempt = secret.attempts;
    const login = loginRefOf(secret);
    const { roleId } = await this.#server.make(admin, {
      ...login,
      boundaryId,
      attempt,
      password,
      validUntilMs,
    });
    const handle = {
      username: login.name,
      roleId,
      database: secret.spec.database,
      server: serverText(admin),
      validUntil: new Date(validUntilMs).toISOString(),
      rights: rightsText(secret.spec),
    };
    return { value: loginValue(admin, login, password), handle };
  }

  async end(secret: LoginSecret): Promise<void> {
    await this.#server.end(await this.#readAdminAccess(secret.spec), loginRefOf(secret));
  }

  async look(secret: LoginSecret): Promise<LoginState & { readonly server: string }> {
    const admin = await this.#readAdminAccess(secret.spec);
    return { ...(await this.#server.look(admin, loginRefOf(secret))), server: serverText(admin) };
  }

  /** Reads the admin secret each time, because the password can change at any time. */
  async #readAdminAccess({ adminSecretArn }: PostgresSpec): Promise<AdminAccess> {
    const text = await this.#secrets.current(adminSecretArn).catch((error: unknown) => {
      const because = describeError(error);
      throw unreadableAdminSecret(adminSecretArn, because);
    });
    if (text === undefined) throw unreadableAdminSecret(adminSecretArn, 'it does not exist, or has no value');
    return adminAccessIn(text, adminSecretArn);
  }
}

const unreadableAdminSecret = (arn: string, because: string): LoginServerUnavailable =>
  new LoginServerUnavailable(
    `The admin secret ${arn} cannot be read: ${because}. Without it, no login can be made or ended. Restore the secret, or the permission to read it.`,
  );

const loginRefOf = (secret: LoginSecret): LoginRef => ({
  name: loginNameOf(secret.secretName),
  spec: secret.spec,
  ...omitUndefined({ roleId: secret.handle?.['roleId'] }),
});

const serverText = ({ host, port }: AdminAccess): string => `${host}:${port}`;

/** The secret value. It has the format of an RDS secret, so clients for RDS secrets can read it. */
function loginValue(
  { host, port, sslmode, ca }: AdminAccess,
  { name, spec }: LoginRef,
  password: Secret<string>,
): Secret<string> {
  const plain = { engine: 'postgres', host, port, username: name, password: password.reveal() };
  const tls = { sslmode, ...omitUndefined({ ca }) };
  return new Secret(JSON.stringify({ ...plain, dbname: spec.database, ...tls }));
}
