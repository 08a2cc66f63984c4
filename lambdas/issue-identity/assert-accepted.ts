import type { Clock } from 'taskbound-time/clock';
import { CanaryFailed } from '../../core/shared/errors.ts';
import type { SessionCredentials } from '../../core/work/work.ts';
import { READ_LAG_MS } from '../../core/shared/read-lag.ts';
import type { Canary, CanaryAnswer, CanaryOf } from '../control/secrets/canary.ts';

const TRIES = 3;
const PAUSE_MS = 1000;
/** The secret was made a moment ago. */
const UNKNOWN_TRIES = TRIES + READ_LAG_MS / PAUSE_MS;

const isUnknownYet = (answer: CanaryAnswer): boolean =>
  answer.answer !== 'accepted' && answer.error === 'ResourceNotFoundException';

/**
 * The canary call of the new session must succeed: a later refusal proves the end of access only if access
 * once worked. A role that was deployed a moment ago may need a second.
 */
export async function assertAccepted(
  credentials: SessionCredentials,
  sessionSecretName: string,
  deps: { readonly canaryOf: CanaryOf; readonly clock: Clock },
): Promise<void> {
  const canary = deps.canaryOf(credentials, sessionSecretName);
  try {
    await assertOneAccepted(TRIES, canary, deps.clock);
  } finally {
    canary.end();
  }
}

async function assertOneAccepted(tries: number, canary: Canary, clock: Clock): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    const answer = await canary.ask();
    if (answer.answer === 'accepted') return;
    if (tried >= (isUnknownYet(answer) ? UNKNOWN_TRIES : tries)) {
      throw new CanaryFailed(
        `The new session was ${answer.answer} by DescribeSecret on its own secret ${tried} times (${answer.error}: ${answer.message}); it must be accepted before the work starts. Check the task role's ceiling.`,
      );
    }
    await clock.sleep(PAUSE_MS);
  }
}
