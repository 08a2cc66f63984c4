import type * as kms from 'aws-cdk-lib/aws-kms';
import type { LoginRight } from '../../core/logins/login.ts';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { SecretSpec } from '../../core/task-types/task-type.ts';

/** The part of a CDK secret that a login needs. */
interface AdminSecret {
  readonly secretArn: string;
  readonly encryptionKey?: kms.IKey | undefined;
}

export interface PostgresLoginOptions {
  /**
   * The server's address and a user who may create logins, as JSON in the format of RDS: `engine`, `host`, `port`, `username`, `password`.
   * For TLS also `sslmode` (`verify-full` by default, `require`, `disable`) and `ca` (PEM), for a server whose certificate no public
   * authority signed, such as RDS. The user needs CREATEROLE, pg_signal_backend, and the roles below with ADMIN, INHERIT and SET.
   */
  readonly admin: AdminSecret;
  /** The only database in which the login has rights. */
  readonly database: string;
  /** Becomes the owner of the login's objects when the task ends. */
  readonly owner: string;
  /** @default - only those of the roles in `memberOf` */
  readonly rights?: readonly LoginRight[];
  /** Roles whose rights the login has while it exists. A login that creates objects must be a member of `owner`. @default - none */
  readonly memberOf?: readonly string[];
  /** How many sessions may be open at once. @default 4 */
  readonly connections?: number;
}

/** A secret that is created for one task, readable only by that task's session, and deleted at the task's end. */
export const JitSecret = {
  /** An Ed25519 pair: the private key (PKCS #8 PEM) is the secret, the public key is in the evidence. */
  signingKey: (): SecretSpec => ({ kind: 'signingKey' }),

  /** A random value of letters and digits, such as a password. */
  generated: (options: { readonly characters?: number } = {}): SecretSpec => ({
    kind: 'generated',
    characters: options.characters ?? 32,
  }),

  /**
   * A PostgreSQL login. The value is JSON in the format of RDS; the login's name and rights are in the evidence. At the end the login is
   * dropped with all its sessions, and the boundary closes only when the server itself no longer has it.
   */
  postgres: (options: PostgresLoginOptions): SecretSpec => {
    const { admin, database, owner, rights = [], memberOf = [], connections = 4 } = options;
    return {
      kind: 'postgres',
      adminSecretArn: admin.secretArn,
      ...omitUndefined({ adminKeyArn: admin.encryptionKey?.keyArn }),
      database,
      owner,
      rights: [...rights],
      memberOf: [...memberOf],
      connections,
    };
  },
} as const;
