import { answerOf, type Answer } from './answers.ts';
import { endSecondOf, mayHaveBegunBefore } from './ending.ts';
import type { Findings } from '../findings.ts';
import { FirstRefs } from '../first-refs.ts';
import { actionOf, type Need, needsOf } from '../required-permissions/required-permissions.ts';
import { LeasePolicy, type Position } from './position.ts';
import type { AuditResult, RecordRef } from '../result.ts';
import type { GapRule } from '../rules.ts';
import type { LeaseFacts, TaskFacts } from '../task-facts.ts';
import { refOf, type TrailEvent } from '../trail/trail-event.ts';

type Counts = AuditResult['calls'];
type Counted = keyof Counts;

/** Attempts that a result lists. */
const ATTEMPTS = 100;

/** A call of the task's session, decided. */
export interface JudgedCall {
  readonly event: TrailEvent;
  readonly lease: LeaseFacts;
  readonly needs: readonly Need[] | undefined;
  readonly answer: Answer;
  readonly ref: RecordRef;
}

/** Before the end of the access. */
const BEFORE: Readonly<Record<Position, Readonly<Record<Answer, Counted>>>> = {
  inside: {
    answered: 'insideAllowed',
    refused: 'insideRefused',
    passed: 'insideFailed',
    rejected: 'insideFailed',
    unclear: 'insideFailed',
  },
  outside: {
    answered: 'outsideAllowed',
    refused: 'outsideRefused',
    passed: 'outsideAllowed',
    rejected: 'outsideRefused',
    unclear: 'undecided',
  },
  // Refused, nothing came of it, and nobody is said to have tried what the policy does not allow.
  unclear: {
    answered: 'undecided',
    refused: 'undecided',
    passed: 'undecided',
    rejected: 'undecided',
    unclear: 'undecided',
  },
};

const AFTER: Readonly<Record<Answer, Counted>> = {
  answered: 'afterAllowed',
  refused: 'afterRefused',
  passed: 'afterAllowed',
  rejected: 'afterRefused',
  unclear: 'undecided',
};

/** What an undecided call leaves open: nothing, when it was not carried out. */
const OPEN: Readonly<Record<Answer, GapRule | undefined>> = {
  answered: 'cannot-map',
  refused: undefined,
  passed: 'cannot-map',
  rejected: undefined,
  unclear: 'unclear-answer',
};

interface Decided {
  readonly counted: Counted;
  /** Of an undecided call. */
  readonly gap: GapRule | undefined;
}

/** Every call of the task's sessions: decided one by one, each for its own time. */
export class CallLog {
  readonly counts: Counts = {
    insideAllowed: 0,
    insideRefused: 0,
    insideFailed: 0,
    outsideRefused: 0,
    outsideAllowed: 0,
    afterRefused: 0,
    afterAllowed: 0,
    undecided: 0,
  };
  readonly attempts = new FirstRefs(ATTEMPTS);
  readonly #facts: TaskFacts;
  readonly #findings: Findings;
  readonly #policies: ReadonlyMap<LeaseFacts, LeasePolicy>;

  constructor(facts: TaskFacts, findings: Findings) {
    this.#facts = facts;
    this.#findings = findings;
    this.#policies = new Map(facts.leases.map((lease) => [lease, new LeasePolicy(lease)]));
  }

  see(event: TrailEvent, lease: LeaseFacts): JudgedCall {
    const needs = needsOf(event);
    const answer = answerOf(event);
    const { counted, gap } = this.#decide(event, lease, needs, answer);
    const ref = refOf(event, needs?.[0]);
    this.counts[counted] += 1;
    this.#find(counted, ref, gap);
    return { event, lease, needs, answer, ref };
  }

  #decide(event: TrailEvent, lease: LeaseFacts, needs: JudgedCall['needs'], answer: Answer): Decided {
    const endSecond = endSecondOf(lease, this.#facts);
    // What needs no permission stays possible until the token itself is over: no policy ends it. What a service does for the session is
    // done only for a call that was let in.
    const isFree = needs?.length === 0 && event.caller.invokedBy === null;
    if (event.second <= endSecond || isFree)
      return { counted: BEFORE[this.#position(event, lease, needs, answer)][answer], gap: OPEN[answer] };
    const atEnd = { ...event, second: endSecond };
    // Work that came to its end awaited its calls; one that died may have left one under way.
    if (answer === 'answered' && lease.claim === undefined && mayHaveBegunBefore(event, endSecond))
      if (this.#position(atEnd, lease, needs, answer) === 'inside')
        return { counted: 'undecided', gap: 'may-have-begun-before' };
    return { counted: AFTER[answer], gap: OPEN[answer] };
  }

  /** A refused call without parameters is an attempt only if its very action stands nowhere in the policy. */
  #position(event: TrailEvent, lease: LeaseFacts, needs: JudgedCall['needs'], answer: Answer): Position {
    const policy = this.#policies.get(lease);
    if (needs !== undefined) return policy?.position(event, needs) ?? 'unclear';
    const isStopped = answer === 'refused' || answer === 'rejected';
    return isStopped && policy?.allowsSomewhere(actionOf(event), event) === false ? 'outside' : 'unclear';
  }

  #find(counted: Counted, ref: RecordRef, gap: GapRule | undefined): void {
    if (counted === 'outsideRefused') this.attempts.add(ref);
    if (counted === 'outsideAllowed') this.#findings.violate('outside-and-allowed', ref);
    if (counted === 'afterAllowed') this.#findings.violate('after-end-and-allowed', ref);
    if (counted !== 'undecided' || gap === undefined) return;
    const error = ref.error === null ? '' : `, ${ref.error}`;
    this.#findings.gap(gap, `${ref.action} (record ${ref.eventId}${error}).`);
  }
}
