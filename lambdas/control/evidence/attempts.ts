import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import type { ChainedEvent } from 'taskbound-evidence/chain/evidence';
import type { EventData } from 'taskbound-evidence/events/event';
import { asEventOfType } from 'taskbound-evidence/events/event-of-type';
import { ChainClosed } from '../../../core/shared/errors.ts';
import type { EvidenceLog } from './evidence-log.ts';
import { log } from '../function/log.ts';

/** An attempt on a task that was refused. */
export interface RefusedAttempt {
  readonly what: EventData<'attempt.refused'>['what'];
  readonly by: string;
  /**
   * A code for the cause. With `what` and the caller it makes the event's id, so a repeated attempt adds no
   * event.
   */
  readonly code: string;
  readonly because: string;
}

/**
 * Attempts on one task beyond these are only logged: a caller must not be able to grow a chain without limit.
 * Unauthorized callers share a separate cap, one entry per role, so that they cannot use up the places of the
 * type's people.
 */
const MAX_RECORDED = 50;
const MAX_UNAUTHORIZED = 10;
const UNAUTHORIZED = 'not-permitted';

/**
 * Records a refused attempt in the task's evidence. A closed chain takes no more events: then only the log
 * has it.
 */
export async function recordAttempt(
  boundaryId: string,
  { what, by, code, because }: RefusedAttempt,
  evidence: EvidenceLog,
): Promise<void> {
  const isUnauthorized = code === UNAUTHORIZED;
  const alike = (await evidence.read(boundaryId)).filter(
    (event) => event.type === 'attempt.refused' && (codeOf(event) === UNAUTHORIZED) === isUnauthorized,
  );
  log('warn', 'attempt refused', { boundaryId, what, by, because });
  if (alike.length >= (isUnauthorized ? MAX_UNAUTHORIZED : MAX_RECORDED)) return;
  // The session of an unauthorized caller may have any name: only the role identifies it.
  const who = isUnauthorized ? by.replace(/\/[^/]*$/, '') : by;
  try {
    await evidence.append(boundaryId, {
      id: `attempt.refused:${what}:${code}:${sha256Hex(who).slice(0, 16)}`,
      type: 'attempt.refused',
      actor: by,
      data: { what, code, because },
    });
  } catch (error) {
    if (!(error instanceof ChainClosed)) throw error;
  }
}

const codeOf = (event: ChainedEvent): string | undefined =>
  asEventOfType(event, 'attempt.refused')?.data.code;
