import type { Clock } from 'taskbound-time/clock';

/**
 * The result of `work`. After `ms` milliseconds its signal is aborted, and an `Error` named `TimeoutError` is
 * thrown.
 */
export async function withTimeout<T>(
  clock: Clock,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const working = new AbortController();
  const waiting = new AbortController();
  const late = clock.sleep(ms, waiting.signal).then((): never => {
    working.abort();
    throw Object.assign(new Error(`no answer within ${ms} ms`), { name: 'TimeoutError' });
  });
  try {
    return await Promise.race([work(working.signal), late]);
  } finally {
    waiting.abort();
  }
}
