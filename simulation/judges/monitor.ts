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

/**
 * Watches a world while it runs: checks the invariants that always apply, and measures how long access
 * outlives its task.
 */
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
    if (WIDENING.has(call.operation)) this.#tryForbidden(call.atMs);
    if (call.operation === 'PutRolePolicy') this.#othersUntouched(boundaryOfDeny(call), call.atMs);
    if (call.operation === 'DeleteSecret')
      this.#ownTeardown(boundaryOfSecret(call), 'its secret was destroyed');
    if (call.operation === 'PutItem') this.#newEndings();
  };

  /** When a task's access was found to have ended, and how long IAM may take for that. */
  seenOf(boundaryId: string): { readonly deniedMs: number | undefined; readonly policyDelayMs: number } {
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

  #say(invariant: number, message: string): void {
    this.violations.push({ invariant, message });
  }

  #newSessions(): void {
    for (const session of this.#adversary.sessions()) {
      if (this.#known.has(session.accessKeyId)) continue;
      this.#known.add(session.accessKeyId);
      for (const afterMs of AFTER_DEADLINE_MS)
        this.#world.clock.setTimer(session.deadlineMs + afterMs - this.#world.clock.nowMs(), () =>
          this.#mustBeDead(session),
        );
    }
  }

  /** Invariant 1. */
  #mustBeDead(session: TaskSession): void {
    const works = this.#adversary.granted(session, this.#world.clock.nowMs());
    if (works.length > 0)
      this.#say(1, `past its deadline, a key of ${session.boundaryId} is still good for ${works.join(', ')}`);
  }

  /** Invariant 5, and calls of an adversary outside its task. */
  #tryForbidden(atMs: number): void {
    for (const session of this.#adversary.sessions()) {
      if (atMs >= session.deadlineMs) continue;
      const works = this.#adversary.forbidden(session, atMs);
      if (works.length > 0) this.#say(5, `a task's key is good for what is not its own: ${works.join(', ')}`);
    }
  }

  #othersUntouched(boundaryId: string, atMs: number): void {
    this.#ownTeardown(boundaryId, 'a deny was put on it');
    for (const session of this.#adversary.sessions()) {
      const phase = this.#phaseOf(session.boundaryId);
      if (phase === undefined || isEnding(phase) || atMs >= session.deadlineMs) continue;
      if (this.#adversary.granted(session, atMs, true).length === 0)
        this.#say(5, `the deny of ${boundaryId} ended the access of ${session.boundaryId}`);
    }
  }

  #ownTeardown(boundaryId: string, what: string): void {
    const phase = this.#phaseOf(boundaryId);
    if (phase !== undefined && !isEnding(phase)) this.#say(5, `${boundaryId} is ${phase}, and ${what}`);
  }

  #newEndings(): void {
    for (const boundaryId of this.#world.witness.rows.keys()) {
      const phase = this.#phaseOf(boundaryId);
      if (phase === undefined || !isEnding(phase) || this.#ending.has(boundaryId)) continue;
      this.#ending.add(boundaryId);
      this.#endedByItsOwn(boundaryId);
      this.#untilDenied(boundaryId, this.#world.clock.nowMs());
    }
  }

  /**
   * Invariant 5: only the task's own execution in its tail, a Teardown that its row names, or a person who
   * ends it may start a boundary's end.
   */
  #endedByItsOwn(boundaryId: string): void {
    const row = this.#world.witness.rows.get(boundaryId)?.at(-1)?.what;
    if (row === undefined || row.teardown !== undefined || this.#isEndedByPeople(boundaryId)) return;
    const entered = this.#world.aws.states
      .execution(row.executionArn)
      ?.events.findLast(({ stateEnteredEventDetails }) => stateEnteredEventDetails !== undefined);
    const state = entered?.stateEnteredEventDetails?.name;
    if (state !== TAIL)
      this.#say(5, `${boundaryId} was torn down while its execution was in ${state ?? 'no state'}`);
  }

  #isEndedByPeople(boundaryId: string): boolean {
    return this.#world.people.said.some((each) => each.what === 'end' && each.boundaryId === boundaryId);
  }

  #untilDenied(boundaryId: string, endedMs: number): void {
    const nowMs = this.#world.clock.nowMs();
    const works = this.#adversary
      .sessions()
      .some(
        (session) => session.boundaryId === boundaryId && this.#adversary.granted(session, nowMs).length > 0,
      );
    if (!works) {
      this.#denied.set(boundaryId, nowMs);
      this.maxSecondsToDenied = Math.max(this.maxSecondsToDenied, (nowMs - endedMs) / 1000);
      return;
    }
    this.#world.clock.setTimer(POLL_MS, () => this.#untilDenied(boundaryId, endedMs));
  }
}

/** Calls after which an adversary may have new possibilities. */
const WIDENING = new Set(['AssumeRole', 'CreateSecret', 'PutResourcePolicy', 'PutSecretValue']);

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
