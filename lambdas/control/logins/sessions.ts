import { LoginLeftBehind } from '../../../core/shared/errors.ts';
import type { LoginRef } from './login-server.ts';
import { ask, type Session } from './session.ts';
import * as sql from './statements.ts';

/** How often the sessions are counted, and the longest pause in between, seconds. */
const LOOKS = 40;
const PAUSE_SECONDS = 0.1;
/** Most sessions end at once. */
const FIRST_PAUSE_SECONDS = 0.005;

/**
 * Terminates sessions until none is left: one that was being opened when the role was disabled may appear
 * later.
 */
export async function endSessions(session: Session, { name, roleId }: LoginRef): Promise<void> {
  let pause = FIRST_PAUSE_SECONDS;
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const ended = await ask(session, sql.endSessions(name, roleId));
    if (ended.length === 0) return;
    await ask(session, sql.pause(pause));
    pause = Math.min(2 * pause, PAUSE_SECONDS);
  }
  const left = await countSessions(session, { name, roleId });
  if (left === 0) return;
  throw new LoginLeftBehind(
    `${left} sessions of the login ${name} did not end within seconds of their termination; none may be left. It is tried again; if it repeats, look at what they wait for in pg_stat_activity.`,
  );
}

async function countSessions(
  session: Session,
  { name, roleId }: { readonly name: string; readonly roleId?: string | undefined },
): Promise<number> {
  const [row] = await ask(session, sql.countSessions(name, roleId));
  return Number(row?.['sessions'] ?? 0);
}
