import type { LocalClock } from './local-clock.ts';

/**
 * Implements `Clock.sleep` with a timer: resolves after `ms`, rejects with the signal's reason if it aborts
 * first.
 */
export function sleepOn(
  clock: Pick<LocalClock, 'setTimer'>,
  ms: number,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const timer = clock.setTimer(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
