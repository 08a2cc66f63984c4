import type { PostgresSpec } from '../../../core/logins/login.ts';
import type { Secret } from '../../../core/secrets/secret.ts';
import type { AdminAccess } from './admin-access.ts';

/** Identifies one login of a server. */
export interface LoginRef {
  /** Of the role: see `loginNameOf`. */
  readonly name: string;
  readonly spec: PostgresSpec;
  /** The role's OID, where it is known: only it identifies the sessions of a dropped role. */
  readonly roleId?: string;
}

/** A login that is to be made. */
export interface LoginOrder extends LoginRef {
  readonly boundaryId: string;
  /** The issuing attempt: a later attempt may take over the login of an earlier one, never the reverse. */
  readonly attempt: number;
  readonly password: Secret<string>;
  readonly validUntilMs: number;
}

/** A login as the server reports it. */
export interface LoginState {
  readonly exists: boolean;
  readonly canLogin: boolean;
  readonly sessions: number;
}

/**
 * A database server as the issuer of logins. Each call may be repeated, and may come late. All throw
 * `LoginServerUnavailable` when the server does not answer or fails. The simulation has a model of it behind
 * the same port, and one test file runs against both.
 */
export interface LoginServer {
  /**
   * Makes the login with all its rights, or nothing. Throws `HalfIssued` when the login exists and is not
   * from an earlier attempt, and `LoginNotEndable` when it could not be ended.
   */
  make(admin: AdminAccess, order: LoginOrder): Promise<{ readonly roleId: string }>;
  /**
   * Ends it: prevents new sessions, ends all sessions, revokes its rights, gives what it owns to `owner`, and
   * drops it. Throws `LoginLeftBehind`, with a remedy, when a person must do something first; then it stays,
   * disabled and without the rights that the admin may revoke.
   */
  end(admin: AdminAccess, at: LoginRef): Promise<void>;
  /** Changes nothing. */
  look(admin: AdminAccess, at: LoginRef): Promise<LoginState>;
}
