import type { PostgresSpec } from '../../../core/logins/login.ts';
import type { Secret } from '../../../core/secrets/secret.ts';
import type { AdminAccess } from './admin-access.ts';

/** One login of one server. */
export interface LoginAt {
  /** Of the role: see `loginNameOf`. */
  readonly name: string;
  readonly spec: PostgresSpec;
  /** The role's OID, where it is known: the sessions of a role that was dropped have no other name. */
  readonly roleId?: string;
}

/** A login that is to be made. */
export interface LoginOrder extends LoginAt {
  readonly boundaryId: string;
  /** The issuing attempt: a later one may take over what an earlier one made, and never the other way round. */
  readonly attempt: number;
  readonly password: Secret<string>;
  readonly validUntilMs: number;
}

/** What the server itself says of a login. */
export interface LoginState {
  readonly exists: boolean;
  readonly canLogin: boolean;
  readonly sessions: number;
}

/**
 * A database server as the issuer of logins. Each call may be repeated, and may come late. All throw `LoginServerUnavailable` when the
 * server gives no answer that helps; a model of it stands behind the same port in the simulation, and one test file runs against both.
 */
export interface LoginServer {
  /** Makes the login with all its rights, or nothing. Throws `HalfIssued` when a login stands there that is no earlier attempt's. */
  make(admin: AdminAccess, order: LoginOrder): Promise<{ readonly roleId: string }>;
  /**
   * Ends it: no new session, then none at all, then no rights, then what it owns goes to `owner`, then it is dropped. Throws
   * `LoginLeftBehind` when it owns what nobody may get unseen; it stays then, shut and without rights.
   */
  end(admin: AdminAccess, at: LoginAt): Promise<void>;
  /** Changes nothing. */
  look(admin: AdminAccess, at: LoginAt): Promise<LoginState>;
}
