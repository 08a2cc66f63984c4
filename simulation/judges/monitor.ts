import { isEnding } from '../../core/ledger/phase.ts';
import type { ObservedCall } from 'taskbound-local/gateway/intercept';
import { parseBoundaryId } from 'taskbound-evidence/names/ids';
import type { Adversary, TaskSession } from './adversary.ts';
import { POLICY_DELAY_MS } from '../faults/arrange.ts';
import type { Violation } from './violation.ts';
import type { World } from '../world/world.ts';

/** The first state of the tail, as operators see it. */
const TAIL = 'RevokeAndRecord';
const POLL_MS = 1_000;
/** How often expired credentials are tried again after their deadline. */
const AFTER_DEADLINE_MS = [0, 1_000, 60_000, 600_000];

/** Checks the invariants that apply at any time, while a world runs. Measures how long access lasts after the end of its task. */
export class Monitor {
  readonly violations: Violation[] = [];
  /**
   * The longest time, in seconds, from the end of a task until all calls with its credentials were refused.
   */
  maxSecondsToDenied = 0;
  readonly #world: World;
  readonly #adversary: Adversary;
  readonly #known = new Set<string>();
  readonly #ending = new Set<string>();
  readonly #denied = new Map<string, number>();

  constructor(world: World, adversary: Adversary) {
    this.#world = world;
    this.#adversary = adversary;
  }

  /** For the embedded AWS's `observe`, after the witness. */
  readonly observe = (call: ObservedCall): void => {
    if (call.error !== undefined) return;
    if (call.operation === 'AssumeRole') this.#newSessions();
    if (MAY_ADD_ACCESS.has(call.operation)) this.#checkForbidden(call.atMs);
    if (call.operation === 'PutRolePolicy') this.#checkOtherTasks(boundaryOfDeny(call), call.atMs);
    if (call.operation === 'DeleteSecret')
      this.#checkTeardownStarted(boundaryOfSecret(call), 'its secret was destroyed');
    if (call.operation === 'PutItem') this.#newEndings();
  };

  /** When all calls of a task were refused for the first time after its end, and how long IAM may take for that. */
  denialOf(boundaryId: string): { readonly deniedMs: number | undefined; readonly policyDelayMs: number } {
    const seconds = this.#world.schedule.faults.find(({ kind }) => kind === 'policies');
    const policyDelayMs = seconds?.kind === 'policies' ? seconds.seconds * 1000 : POLICY_DELAY_MS;
    return {
      deniedMs: this.#denied.get(boundaryId),
      policyDelayMs: Math.max(policyDelayMs, POLICY_DELAY_MS),
    };
  }

  #phaseOf(boundaryId: string) {
    return this.#world.witness.rows.get(boundaryId)?.at(-1)?.what.phase;
  }

  #report(invariant: number, message: string): void {
    this.violations.push({ invariant, message });
  }

  #newSessions(): void {
    for (const session of this.#adversary.sessions()) {
      if (this.#known.has(session.accessKeyId)) continue;
      this.#known.add(session.accessKeyId);
      for (const afterMs of AFTER_DEADLINE_MS)
        this.#world.clock.setTimer(session.deadlineMs + afterMs - this.#world.clock.nowMs(), () =>
          this.#checkRefused(session),
        );
    }
  }

  /** Invariant 1: after its deadline a session must allow no call. */
  #checkRefused(session: TaskSession): void {
    const allowed = this.#adversary.granted(session, this.#world.clock.nowMs());
    if (allowed.length > 0)
      this.#report(
        1,
        `past its deadline, a key of ${session.boundaryId} is still good for ${allowed.join(', ')}`,
      );
  }

  /** Invariant 5: a session must not allow calls outside its task. */
  #checkForbidden(atMs: number): void {
    for (const session of this.#adversary.sessions()) {
      if (atMs >= session.deadlineMs) continue;
      const allowed = this.#adversary.forbidden(session, atMs);
      if (allowed.length > 0)
        this.#report(5, `a task's key is good for what is not its own: ${allowed.join(', ')}`);
    }
  }

  #checkOtherTasks(boundaryId: string, atMs: number): void {
    this.#checkTeardownStarted(boundaryId, 'a deny was put on it');
    for (const session of this.#adversary.sessions()) {
      const phase = this.#phaseOf(session.boundaryId);
      if (phase === undefined || isEnding(phase) || atMs >= session.deadlineMs) continue;
      if (this.#adversary.granted(session, atMs, true).length === 0)
        this.#report(5, `the deny of ${boundaryId} ended the access of ${session.boundaryId}`);
    }
  }

  #checkTeardownStarted(boundaryId: string, what: string): void {
    const phase = this.#phaseOf(boundaryId);
    if (phase !== undefined && !isEnding(phase)) this.#report(5, `${boundaryId} is ${phase}, and ${what}`);
  }

  #newEndings(): void {
    for (const boundaryId of this.#world.witness.rows.keys()) {
      const phase = this.#phaseOf(boundaryId);
      if (phase === undefined || !isEnding(phase) || this.#ending.has(boundaryId)) continue;
      this.#ending.add(boundaryId);
      this.#checkWhoEnded(boundaryId);
      this.#waitUntilDenied(boundaryId, this.#world.clock.nowMs());
    }
  }

  /**
   * Invariant 5: a boundary's end may be started only by the task's own execution in its tail, by the Teardown that its row names, or by a
   * person who ends the task.
   */
  #checkWhoEnded(boundaryId: string): void {
    const row = this.#world.witness.rows.get(boundaryId)?.at(-1)?.what;
    if (row === undefined || row.teardown !== undefined || this.#isEndedByPeople(boundaryId)) return;
    const entered = this.#world.aws.states
      .execution(row.executionArn)
      ?.events.findLast(({ stateEnteredEventDetails }) => stateEnteredEventDetails !== undefined);
    const state = entered?.stateEnteredEventDetails?.name;
    if (state !== TAIL)
      this.#report(5, `${boundaryId} was torn down while its execution was in ${state ?? 'no state'}`);
  }

  #isEndedByPeople(boundaryId: string): boolean {
    return this.#world.people.calls.some((each) => each.what === 'end' && each.boundaryId === boundaryId);
  }

  #waitUntilDenied(boundaryId: string, endedMs: number): void {
    const nowMs = this.#world.clock.nowMs();
    const allowed = this.#adversary
      .sessions()
      .some(
        (session) => session.boundaryId === boundaryId && this.#adversary.granted(session, nowMs).length > 0,
      );
    if (!allowed) {
      this.#denied.set(boundaryId, nowMs);
      this.maxSecondsToDenied = Math.max(this.maxSecondsToDenied, (nowMs - endedMs) / 1000);
      return;
    }
    this.#world.clock.setTimer(POLL_MS, () => this.#waitUntilDenied(boundaryId, endedMs));
  }
}

/** Calls after which a session may allow more calls than before. */
const MAY_ADD_ACCESS = new Set(['AssumeRole', 'CreateSecret', 'PutResourcePolicy', 'PutSecretValue']);

const boundaryOfSecret = ({ request }: ObservedCall): string => {
  const { SecretId } = JSON.parse(Buffer.from(request.body).toString('utf8')) as {
    readonly SecretId?: string;
  };
  return SecretId?.split('/').find((part) => parseBoundaryId(part) !== undefined) ?? '';
};

const boundaryOfDeny = ({ request }: ObservedCall): string => {
  const name = new URLSearchParams(Buffer.from(request.body).toString('utf8')).get('PolicyName') ?? '';
  return /^taskbound-deny-(.+)-\d+$/.exec(name)?.[1] ?? '';
};
