import type { Clock } from 'taskbound-time/clock';
import { CanaryFailed } from '../../core/shared/errors.ts';
import type { SessionCredentials } from '../../core/work/work.ts';
import type { Canary, CanaryOf } from '../control/secrets/canary.ts';

const TRIES = 3;
const PAUSE_MS = 1000;

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
    if (tried === tries) {
      throw new CanaryFailed(
        `The new session was ${answer.answer} by DescribeSecret on its own secret ${tries} times (${answer.error}: ${answer.message}); it must be accepted before the work starts. Check the task role's ceiling.`,
      );
    }
    await clock.sleep(PAUSE_MS);
  }
}
