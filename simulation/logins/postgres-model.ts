import { HalfIssued, LoginLeftBehind, LoginServerUnavailable } from '../../core/shared/errors.ts';
import type { AdminAccess } from '../../lambdas/control/logins/admin-access.ts';
import type {
  LoginRef,
  LoginOrder,
  LoginServer,
  LoginState,
} from '../../lambdas/control/logins/login-server.ts';

interface Role {
  readonly roleId: string;
  readonly order: LoginOrder;
  attempt: number;
  password: string;
  validUntilMs: number;
  canLogin: boolean;
  hasRights: boolean;
}

export interface ModelSession {
  readonly roleId: string;
  isOpen: boolean;
}

export type ObjectKind = 'table' | 'view' | 'function' | 'SECURITY DEFINER function';

interface DatabaseObject {
  readonly kind: ObjectKind;
  owner: string;
}

/**
 * A database server in memory. For the issuer it behaves like PostgreSQL: `test/lambdas/control/logins/login-server.test.ts` runs against
 * both. Each call is atomic. The simulation injects faults between calls.
 */
export class PostgresModel implements LoginServer {
  readonly roles = new Map<string, Role>();
  readonly sessions: ModelSession[] = [];
  readonly objects = new Map<string, DatabaseObject>();
  /** While it is true, every call fails. */
  isDown = false;
  readonly #nowMs: () => number;
  #lastId = 16_384;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async make(admin: AdminAccess, order: LoginOrder): Promise<{ readonly roleId: string }> {
    this.#assertUp(admin);
    const { boundaryId, attempt, validUntilMs } = order;
    const password = order.password.reveal();
    const existing = this.roles.get(order.name);
    if (existing === undefined) {
      const roleId = String((this.#lastId += 1));
      const fresh = { roleId, order, attempt, password, validUntilMs, canLogin: true, hasRights: true };
      this.roles.set(order.name, fresh);
      return { roleId };
    }
    if (existing.order.boundaryId !== boundaryId || existing.attempt >= attempt)
      throw new HalfIssued(`The login ${order.name} already exists.`);
    Object.assign(existing, { attempt, password, validUntilMs });
    return { roleId: existing.roleId };
  }

  async end(admin: AdminAccess, { name, spec, roleId }: LoginRef): Promise<void> {
    this.#assertUp(admin);
    const role = this.roles.get(name);
    if (role !== undefined) role.canLogin = false;
    for (const session of this.#sessionsOf(role?.roleId, roleId)) session.isOpen = false;
    if (role === undefined) return;
    role.hasRights = false;
    const own = [...this.objects].filter(([, { owner }]) => owner === name);
    const isMember = spec.memberOf.includes(spec.owner);
    const left = own.filter(
      ([, { kind }]) => kind === 'SECURITY DEFINER function' || (kind !== 'table' && !isMember),
    );
    if (left.length > 0)
      throw new LoginLeftBehind(
        `${name} left behind ${left.map(([object, { kind }]) => `${kind} ${object}`).join(', ')}.`,
      );
    for (const [, object] of own) object.owner = spec.owner;
    this.roles.delete(name);
  }

  async look(admin: AdminAccess, { name, roleId }: LoginRef): Promise<LoginState> {
    this.#assertUp(admin);
    const role = this.roles.get(name);
    const sessions = this.#sessionsOf(role?.roleId, roleId).length;
    return { exists: role !== undefined, canLogin: role?.canLogin ?? false, sessions };
  }

  /** Opens a session of a login. Throws an `Error` with PostgreSQL's message if the login is refused. */
  open(name: string, password: string): ModelSession {
    const role = this.roles.get(name);
    if (this.isDown) throw new Error('connect ECONNREFUSED');
    if (role === undefined || role.password !== password || role.validUntilMs <= this.#nowMs())
      throw new Error(`password authentication failed for user "${name}"`);
    if (!role.canLogin) throw new Error(`role "${name}" is not permitted to log in`);
    if (this.#sessionsOf(role.roleId, undefined).length >= role.order.spec.connections)
      throw new Error(`too many connections for role "${name}"`);
    const session = { roleId: role.roleId, isOpen: true };
    this.sessions.push(session);
    return session;
  }

  /** Creates an object that the session's login owns. */
  create(session: ModelSession, kind: ObjectKind, object: string): void {
    const [name, role] = [...this.roles].find(([, { roleId }]) => roleId === session.roleId) ?? [];
    if (!session.isOpen || name === undefined || role === undefined) throw new Error('Connection terminated');
    if (!role.order.spec.memberOf.includes(role.order.spec.owner))
      throw new Error('permission denied for schema');
    this.objects.set(object, { kind, owner: name });
  }

  #sessionsOf(...roleIds: readonly (string | undefined)[]): ModelSession[] {
    return this.sessions.filter(({ roleId, isOpen }) => isOpen && roleIds.includes(roleId));
  }

  #assertUp({ host, port }: AdminAccess): void {
    if (this.isDown) throw new LoginServerUnavailable(`The database server ${host}:${port} is down.`);
  }
}
