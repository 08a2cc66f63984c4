import { randomInt } from 'node:crypto';
import { ask, type Session } from './session.ts';
import { pause } from './statements.ts';

/** Twenty logins made at once with the same rights need a few. */
const ATTEMPTS = 40;
const LONGEST_PAUSE_MS = 200;

/**
 * serialization_failure, deadlock_detected, unique_violation, duplicate_object:
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const CONFLICTS: ReadonlySet<unknown> = new Set(['40001', '40P01', '23505', '42710']);

/**
 * Repeats work that conflicted with another transaction: PostgreSQL refuses to change a row of its catalog
 * that another transaction has just changed ("tuple concurrently updated", an internal error without its own
 * code), and aborts one of two that wait for each other. Rights are stored with their object, in one row for
 * all grantees. Nothing is locked beforehand, so logins with other rights never wait.
 */
export async function retryOnConflict<T>(session: Session, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isConflict(error)) throw error;
      if (attempt === 1) continue; // the other transaction has just ended
      const pauseMs = randomInt(Math.min(LONGEST_PAUSE_MS, 5 * attempt));
      await ask(session, pause(pauseMs / 1000));
    }
  }
}

export function isConflict(error: unknown): boolean {
  if (!(error instanceof Error && 'code' in error)) return false;
  if (error.code !== 'XX000') return CONFLICTS.has(error.code);
  return /^tuple (concurrently|already) (updated|deleted)/.test(error.message);
}
