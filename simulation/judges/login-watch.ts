import type { ObservedCall } from 'taskbound-local/gateway/intercept';
import { CLOCKS_APART_MS } from './issue-watch.ts';
import { MAINTENANCE_MS } from '../schedules/kinds.ts';
import type { Violation } from './violation.ts';
import type { World } from '../world/world.ts';

/** How long after the end of a task its login is tried again. */
const AFTER_DEADLINE_MS = [0, 60_000, 600_000];

/** Invariant 9: a login never outlives its task. Checked with the database server itself. */
export class LoginWatch {
  readonly violations: Violation[] = [];
  readonly #world: World;
  readonly #closed = new Set<string>();
  /** The task of each role. A session has only its role. */
  readonly #boundaryOf = new Map<string, string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** For the embedded AWS's `observe`, after the witness. */
  readonly observe = (call: ObservedCall): void => {
    if (call.error === undefined && call.operation === 'PutItem') this.#newlyClosed();
  };

  /** A login was created or got another password. After the end of its task it must be refused. */
  made(boundaryId: string): void {
    const { clock, model } = this.#world;
    for (const { order, roleId } of model.roles.values()) this.#boundaryOf.set(roleId, order.boundaryId);
    if (this.#closed.has(boundaryId)) this.#say(`${boundaryId} was closed, and then a login was made for it`);
    const closesAtMs = this.#world.witness.rows.get(boundaryId)?.at(-1)?.what.window?.closesAtMs ?? Infinity;
    for (const { order, validUntilMs } of model.roles.values())
      if (order.boundaryId === boundaryId && validUntilMs > closesAtMs)
        this.#say(`the login of ${boundaryId} lasts longer than its window`, 11);
    const lastMs = Math.min(clock.nowMs() + MAINTENANCE_MS, closesAtMs) + CLOCKS_APART_MS;
    for (const afterMs of AFTER_DEADLINE_MS)
      clock.setTimer(lastMs + afterMs - clock.nowMs(), () => this.#mustBeDead(boundaryId));
  }

  /** At the end of a run, nothing of any login remains. */
  end(): void {
    for (const { order } of this.#world.model.roles.values())
      this.#say(`a login of ${order.boundaryId} is left`);
    this.#noSessions(() => true);
  }

  #mustBeDead(boundaryId: string): void {
    const { clock, model } = this.#world;
    for (const { order, canLogin, validUntilMs } of model.roles.values())
      if (order.boundaryId === boundaryId && canLogin && validUntilMs > clock.nowMs())
        this.#say(`past its deadline, the login of ${boundaryId} still opens the database`);
  }

  #newlyClosed(): void {
    for (const [boundaryId, events] of this.#world.witness.events) {
      if (this.#closed.has(boundaryId) || events.at(-1)?.what.type !== 'boundary.closed') continue;
      this.#closed.add(boundaryId);
      for (const { order } of this.#world.model.roles.values())
        if (order.boundaryId === boundaryId) this.#say(`${boundaryId} is closed, and its login exists`);
      this.#noSessions((of) => of === boundaryId);
    }
  }

  #noSessions(of: (boundaryId: string) => boolean): void {
    for (const { roleId, isOpen } of this.#world.model.sessions) {
      const boundaryId = this.#boundaryOf.get(roleId) ?? '';
      if (isOpen && of(boundaryId)) this.#say(`a session of the login of ${boundaryId} is still open`);
    }
  }

  #say(message: string, invariant = 9): void {
    this.violations.push({ invariant, message });
  }
}
