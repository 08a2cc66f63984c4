import type { LocalClock } from './local-clock.ts';

/** `Clock.sleep` for a clock that has timers: resolves after `ms`, rejects with the signal's reason when it is aborted first. */
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
