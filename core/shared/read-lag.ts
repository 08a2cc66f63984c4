import type { Clock } from 'taskbound-time/clock';

/**
 * How long something that was made a moment ago may be unknown to its readers: a secret or its version
 * (https://github.com/hashicorp/terraform-provider-aws/issues/18406), or a role
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency).
 * AWS documents no figure.
 */
export const READ_LAG_MS = 10_000;

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

interface Patience {
  readonly clock: Pick<Clock, 'sleep'>;
  /** Whether an error may only mean that something is not known yet. */
  readonly isUnknown: (error: unknown) => boolean;
  /** The sum of the pauses, milliseconds. @default READ_LAG_MS */
  readonly forMs?: number;
}

/** Repeats a call while it fails because something is not known yet, for a bounded time. Then it throws the last error. */
export async function untilKnown<Result>(call: () => Promise<Result>, patience: Patience): Promise<Result> {
  const { clock, isUnknown, forMs = READ_LAG_MS } = patience;
  let waitedMs = 0;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      return await call();
    } catch (error) {
      if (!isUnknown(error) || waitedMs + pauseMs > forMs) throw error;
    }
    await clock.sleep(pauseMs);
    waitedMs += pauseMs;
  }
}

/** Secrets Manager does not know the secret, or its version. It may not exist, or not be known yet. */
export const isUnknownSecret = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ResourceNotFoundException';
