import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import type { ChainedEvent } from 'taskbound-evidence/chain/evidence';
import type { EventData } from 'taskbound-evidence/events/event';
import { asEventOfType } from 'taskbound-evidence/events/event-of-type';
import { ChainClosed } from '../../../core/shared/errors.ts';
import type { EvidenceLog } from './evidence-log.ts';
import { log } from '../function/log.ts';

/** What somebody tried to do to a task and may not. */
export interface RefusedAttempt {
  readonly what: EventData<'attempt.refused'>['what'];
  readonly by: string;
  /** A word for the cause; with who and what it makes the event's id, so that trying again adds nothing. */
  readonly code: string;
  readonly because: string;
}

/**
 * More than these of one task are only logged: whoever may call the URL must not be able to grow a chain without end. Strangers have a
 * few places of their own, a role one each, so that they cannot crowd out what people of the type try.
 */
const MAX_RECORDED = 50;
const MAX_STRANGERS = 10;
const STRANGER = 'not-permitted';

/** Puts a refused attempt into the task's evidence. One that has ended takes no more events: then it stands in the log alone. */
export async function recordAttempt(
  boundaryId: string,
  { what, by, code, because }: RefusedAttempt,
  evidence: EvidenceLog,
): Promise<void> {
  const isStranger = code === STRANGER;
  const alike = (await evidence.read(boundaryId)).filter(
    (event) => event.type === 'attempt.refused' && (codeOf(event) === STRANGER) === isStranger,
  );
  log('warn', 'attempt refused', { boundaryId, what, by, because });
  if (alike.length >= (isStranger ? MAX_STRANGERS : MAX_RECORDED)) return;
  // A stranger's session may have any name: their role is who they are.
  const who = isStranger ? by.replace(/\/[^/]*$/, '') : by;
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
