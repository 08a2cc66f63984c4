import type * as kms from 'aws-cdk-lib/aws-kms';
import type { LoginRight } from '../../core/logins/login.ts';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { SecretSpec } from '../../core/task-types/task-type.ts';

/** A secret of CDK's, as far as it is asked. */
interface AdminSecret {
  readonly secretArn: string;
  readonly encryptionKey?: kms.IKey | undefined;
}

export interface PostgresLoginOptions {
  /**
   * The server's address and a user who may make logins, as JSON in the form of RDS: `engine`, `host`, `port`, `username`, `password`; and
   * for TLS `sslmode` (`verify-full` if left out, `require`, `disable`) and `ca` (PEM), for a server whose certificate no public authority
   * signed, as RDS's. Needs CREATEROLE, and the roles below with ADMIN, INHERIT and SET.
   */
  readonly admin: AdminSecret;
  /** The one database that it has rights in. */
  readonly database: string;
  /** Gets what the login owns when the task ends. */
  readonly owner: string;
  /** @default - none of its own */
  readonly rights?: readonly LoginRight[];
  /** Roles whose rights the login has while it lives. What makes objects must be a member of `owner`. @default - none */
  readonly memberOf?: readonly string[];
  /** Sessions at once. @default 4 */
  readonly connections?: number;
}

/** A secret that is made for one task, readable only by that task's session, and destroyed at the task's end. */
export const JitSecret = {
  /** An Ed25519 pair: the private key (PKCS #8 PEM) is the secret, the public key stands in the evidence. */
  signingKey: (): SecretSpec => ({ kind: 'signingKey' }),

  /** A random value of letters and digits, for what needs a password. */
  generated: (options: { readonly characters?: number } = {}): SecretSpec => ({
    kind: 'generated',
    characters: options.characters ?? 32,
  }),

  /**
   * A PostgreSQL login. The value is JSON in the form of RDS; the login's name and rights stand in the evidence. It is ended with all its
   * sessions, and the boundary closes only once the server itself knows it no more.
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
