import type { ObservedCall } from 'taskbound-local/gateway/intercept';
import { MAX_CLOCK_DIFFERENCE_MS } from './issue-watch.ts';
import { MAINTENANCE_MS } from '../schedules/kinds.ts';
import type { Violation } from './violation.ts';
import type { World } from '../world/world.ts';

/** How long after the latest deadline of a login it is checked again. */
const AFTER_DEADLINE_MS = [0, 60_000, 600_000];

/** Checks invariant 9 on the simulated database server: a login must end no later than its task. */
export class LoginWatch {
  readonly violations: Violation[] = [];
  readonly #world: World;
  readonly #closed = new Set<string>();
  /** The boundary of each role, because a session contains only the id of its role. */
  readonly #boundaryOf = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** For the embedded AWS's `observe`, after the witness. */
  readonly observe = (call: ObservedCall): void => {
    if (call.error === undefined && call.operation === 'PutItem') this.#newlyClosed();
  };

  /** Checks a login that was created or got another password, now and after the end of its task. */
  made(boundaryId: string): void {
    const { clock, model } = this.#world;
    for (const { order, roleId } of model.roles.values()) this.#boundaryOf.set(roleId, order.boundaryId);
    if (this.#closed.has(boundaryId))
      this.#report(`${boundaryId} was closed, and then a login was made for it`);
    const closesAtMs = this.#world.witness.rows.get(boundaryId)?.at(-1)?.what.window?.closesAtMs ?? Infinity;
    for (const { order, validUntilMs } of model.roles.values())
      if (order.boundaryId === boundaryId && validUntilMs > closesAtMs)
        this.#report(`the login of ${boundaryId} lasts longer than its window`, 11);
    const lastMs = Math.min(clock.nowMs() + MAINTENANCE_MS, closesAtMs) + MAX_CLOCK_DIFFERENCE_MS;
    for (const afterMs of AFTER_DEADLINE_MS)
      clock.setTimer(lastMs + afterMs - clock.nowMs(), () => this.#checkRefused(boundaryId));
  }

  /** At the end of a run, no login and no session of a login may exist. */
  end(): void {
    for (const { order } of this.#world.model.roles.values())
      this.#report(`a login of ${order.boundaryId} is left`);
    this.#checkNoSessions(() => true);
  }

  #checkRefused(boundaryId: string): void {
    const { clock, model } = this.#world;
    for (const { order, canLogin, validUntilMs } of model.roles.values())
      if (order.boundaryId === boundaryId && canLogin && validUntilMs > clock.nowMs())
        this.#report(`past its deadline, the login of ${boundaryId} still opens the database`);
  }

  #newlyClosed(): void {
    for (const [boundaryId, events] of this.#world.witness.events) {
      if (this.#closed.has(boundaryId) || events.at(-1)?.what.type !== 'boundary.closed') continue;
      this.#closed.add(boundaryId);
      for (const { order } of this.#world.model.roles.values())
        if (order.boundaryId === boundaryId) this.#report(`${boundaryId} is closed, and its login exists`);
      this.#checkNoSessions((of) => of === boundaryId);
    }
  }

  #checkNoSessions(of: (boundaryId: string) => boolean): void {
    for (const { roleId, isOpen } of this.#world.model.sessions) {
      const boundaryId = this.#boundaryOf.get(roleId) ?? '';
      if (isOpen && of(boundaryId)) this.#report(`a session of the login of ${boundaryId} is still open`);
    }
  }

  #report(message: string, invariant = 9): void {
    this.violations.push({ invariant, message });
  }
}
