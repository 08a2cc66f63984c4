import { answerOf, type Answer } from './answers.ts';
import { endSecondOf, mayHaveBegunBefore } from './ending.ts';
import type { AuditFindings } from '../findings.ts';
import { FirstRefs } from '../first-refs.ts';
import {
  actionOf,
  type RequiredPermission,
  requiredPermissions,
} from '../required-permissions/required-permissions.ts';
import { LeasePolicy, type Position } from './position.ts';
import type { AuditResult, RecordRef } from '../result.ts';
import type { GapRule } from '../rules.ts';
import type { LeaseFacts, TaskFacts } from '../task-facts.ts';
import { refOf, type TrailEvent } from '../trail/trail-event.ts';

type Counts = AuditResult['calls'];
type CountName = keyof Counts;

/** How many attempts a result lists. */
const LISTED_ATTEMPTS = 100;

/** A call of the task's session, with its answer and the permissions that it needed. */
export interface DecidedCall {
  readonly event: TrailEvent;
  readonly lease: LeaseFacts;
  readonly permissions: readonly RequiredPermission[] | undefined;
  readonly answer: Answer;
  readonly ref: RecordRef;
}

/** Which count a call before the end of the access adds to. */
const COUNT_BEFORE_END: Readonly<Record<Position, Readonly<Record<Answer, CountName>>>> = {
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
  // A refused call had no effect. It is not listed as an attempt, because the policy may allow it.
  unclear: {
    answered: 'undecided',
    refused: 'undecided',
    passed: 'undecided',
    rejected: 'undecided',
    unclear: 'undecided',
  },
};

const COUNT_AFTER_END: Readonly<Record<Answer, CountName>> = {
  answered: 'afterAllowed',
  refused: 'afterRefused',
  passed: 'afterAllowed',
  rejected: 'afterRefused',
  unclear: 'undecided',
};

/** The gap that an undecided call leaves. A call that was not carried out leaves none. */
const GAP_IF_UNDECIDED: Readonly<Record<Answer, GapRule | undefined>> = {
  answered: 'cannot-map',
  refused: undefined,
  passed: 'cannot-map',
  rejected: undefined,
  unclear: 'unclear-answer',
};

interface Decided {
  readonly counted: CountName;
  /** Only for an undecided call. */
  readonly gap: GapRule | undefined;
}

/** Decides every call of the task's sessions, each for the time at which it was made. */
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
  readonly attempts = new FirstRefs(LISTED_ATTEMPTS);
  readonly #facts: TaskFacts;
  readonly #findings: AuditFindings;
  readonly #policies: ReadonlyMap<LeaseFacts, LeasePolicy>;

  constructor(facts: TaskFacts, findings: AuditFindings) {
    this.#facts = facts;
    this.#findings = findings;
    this.#policies = new Map(facts.leases.map((lease) => [lease, new LeasePolicy(lease)]));
  }

  observe(event: TrailEvent, lease: LeaseFacts): DecidedCall {
    const permissions = requiredPermissions(event);
    const answer = answerOf(event);
    const { counted, gap } = this.#decide(event, lease, permissions, answer);
    const ref = refOf(event, permissions?.[0]);
    this.counts[counted] += 1;
    this.#find(counted, ref, gap);
    return { event, lease, permissions, answer, ref };
  }

  #decide(
    event: TrailEvent,
    lease: LeaseFacts,
    permissions: DecidedCall['permissions'],
    answer: Answer,
  ): Decided {
    const endSecond = endSecondOf(lease, this.#facts);
    // A call that needs no permission remains possible until the token expires: no policy can end it. A
    // service acts for the session only during a call that was authorized.
    const isFree = permissions?.length === 0 && event.caller.invokedBy === null;
    if (event.second <= endSecond || isFree)
      return {
        counted: COUNT_BEFORE_END[this.#position(event, lease, permissions, answer)][answer],
        gap: GAP_IF_UNDECIDED[answer],
      };
    const atEnd = { ...event, second: endSecond };
    // Work that returned has awaited its calls. Work that died may have left a transfer in progress.
    if (answer === 'answered' && lease.claim === undefined && mayHaveBegunBefore(event, endSecond))
      if (this.#position(atEnd, lease, permissions, answer) === 'inside')
        return { counted: 'undecided', gap: 'may-have-begun-before' };
    return { counted: COUNT_AFTER_END[answer], gap: GAP_IF_UNDECIDED[answer] };
  }

  /**
   * A refused call without recorded parameters is an attempt only if the policy does not contain its action
   * at all.
   */
  #position(
    event: TrailEvent,
    lease: LeaseFacts,
    permissions: DecidedCall['permissions'],
    answer: Answer,
  ): Position {
    const policy = this.#policies.get(lease);
    if (permissions !== undefined) return policy?.position(event, permissions) ?? 'unclear';
    const isStopped = answer === 'refused' || answer === 'rejected';
    return isStopped && policy?.allowsSomewhere(actionOf(event), event) === false ? 'outside' : 'unclear';
  }

  #find(counted: CountName, ref: RecordRef, gap: GapRule | undefined): void {
    if (counted === 'outsideRefused') this.attempts.add(ref);
    if (counted === 'outsideAllowed') this.#findings.violate('outside-and-allowed', ref);
    if (counted === 'afterAllowed') this.#findings.violate('after-end-and-allowed', ref);
    if (counted !== 'undecided' || gap === undefined) return;
    const error = ref.error === null ? '' : `, ${ref.error}`;
    this.#findings.gap(gap, `${ref.action} (record ${ref.eventId}${error}).`);
  }
}
