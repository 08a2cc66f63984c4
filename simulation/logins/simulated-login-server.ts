import { LoginServerUnavailable } from '../../core/shared/errors.ts';
import type { AdminAccess } from '../../lambdas/control/logins/admin-access.ts';
import type {
  LoginRef,
  LoginOrder,
  LoginServer,
  LoginState,
} from '../../lambdas/control/logins/login-server.ts';
import type { withLogin } from '../../sample/work/database-maintenance/login.ts';
import type { Verdict } from 'taskbound-local/gateway/intercept';
import type { LocalClock } from 'taskbound-local/clock/local-clock';
import { currentInvocation, never, runCall, type ActiveCall } from '../world/invocation.ts';
import type { ModelSession, PostgresModel } from './postgres-model.ts';

interface ServerParts {
  readonly model: PostgresModel;
  readonly clock: LocalClock;
  readonly before: (call: ActiveCall) => Promise<void>;
  readonly after: (call: ActiveCall) => Promise<void>;
  readonly intercept: (call: {
    readonly service: string;
    readonly operation: string;
    readonly atMs: number;
  }) => Verdict;
  /** Called for each call, with a line for the trace. */
  readonly observe: (line: string) => void;
  readonly made: (order: LoginOrder) => void;
}

/** The name of the service, for sites of faults and for the trace. */
export const POSTGRES = 'postgres';

/**
 * The database server, reached over an unreliable network. Each call to the server and each query in a session is a site for faults, like a
 * call to AWS.
 */
export class SimulatedLoginServer implements LoginServer {
  readonly #parts: ServerParts;

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  make(admin: AdminAccess, order: LoginOrder): Promise<{ readonly roleId: string }> {
    return this.#call('make', async () => {
      const made = await this.#parts.model.make(admin, order);
      this.#parts.made(order);
      return made;
    });
  }

  end(admin: AdminAccess, at: LoginRef): Promise<void> {
    return this.#call('end', () => this.#parts.model.end(admin, at));
  }

  look(admin: AdminAccess, at: LoginRef): Promise<LoginState> {
    return this.#call('look', () => this.#parts.model.look(admin, at));
  }

  /** Replaces the PostgreSQL client of the work. A function that dies leaves its session open. */
  readonly withLogin: typeof withLogin = async (secret, _boundaryId, work) => {
    const { username, password } = JSON.parse(secret.reveal()) as Record<'username' | 'password', string>;
    const session = await this.#call('connect', async () => this.#parts.model.open(username, password));
    const query = () => this.#call('query', async () => assertOpen(session));
    try {
      return await work({ query } as unknown as Parameters<typeof work>[0]);
    } finally {
      session.isOpen = false;
    }
  };

  /** Makes the call once, without retries. */
  async #call<T>(operation: string, effect: () => Promise<T>): Promise<T> {
    const invocation = currentInvocation();
    if (invocation === undefined) throw new Error('The login server was called outside of an invocation.');
    if (invocation.dead) return never();
    const active = { invocation, call: invocation.nextCall(), attempt: 1 };
    await this.#parts.before(active);
    if (invocation.dead) return never();
    const answer = await this.#answer(operation, active, effect);
    await this.#parts.after(active);
    if (invocation.dead) return never();
    return answer();
  }

  /** Returns a function that returns the result or throws the error, so that the error is thrown only after the call has ended. */
  async #answer<T>(operation: string, active: ActiveCall, effect: () => Promise<T>): Promise<() => T> {
    const { clock, intercept, observe } = this.#parts;
    const call = { service: POSTGRES, operation, atMs: clock.nowMs() };
    const verdict = runCall(active, () => intercept(call));
    const record = (how: string): void => observe(`${active.invocation.of} ${POSTGRES}:${operation} ${how}`);
    const isRefused = typeof verdict === 'object' && 'refuse' in verdict;
    const outcome = isRefused ? failure(unavailable()) : await outcomeOf(effect);
    const isLost = typeof verdict === 'object' && 'loseAnswer' in verdict;
    record(isRefused ? 'refused' : outcome.error === undefined ? 'ok' : outcome.error.name);
    return isLost ? failure(unavailable()).give : outcome.give;
  }
}

interface Outcome<T> {
  readonly error?: Error;
  readonly give: () => T;
}

async function outcomeOf<T>(effect: () => Promise<T>): Promise<Outcome<T>> {
  try {
    const value = await effect();
    return { give: () => value };
  } catch (error) {
    return failure(error instanceof Error ? error : new Error(String(error)));
  }
}

const failure = (error: Error): Outcome<never> => ({
  error,
  give: () => {
    throw error;
  },
});

const unavailable = (): LoginServerUnavailable =>
  new LoginServerUnavailable('The simulated database server did not answer.');

function assertOpen(session: ModelSession): { readonly rows: readonly never[] } {
  if (!session.isOpen) throw new Error('Connection terminated');
  return { rows: [] };
}
