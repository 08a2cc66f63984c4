import type { EventEmitter } from 'node:events';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { redactedError } from './redact-error.ts';

/**
 * An error that nobody catches (thrown in a timer, a rejected promise that was forgotten) never passes through the handler: Lambda's
 * own listeners report it. Ours run before them and take the values out of the error in place; what cannot be changed in place ends
 * the process with the redacted error instead. No listener of ours keeps a process alive that would have ended.
 */
export function guardStrays(events: EventEmitter, redact: (text: string) => string): void {
  const clean = (error: unknown) => cleanInPlace(error, redact);
  events.on('uncaughtExceptionMonitor', clean);
  // Where something listens (on Lambda it does), the monitor is not told of rejections.
  if (events.listenerCount('unhandledRejection') > 0) events.prependListener('unhandledRejection', clean);
}

function cleanInPlace(thrown: unknown, redact: (text: string) => string): void {
  const clean = redactedError(thrown, redact);
  if (!(thrown instanceof Error)) {
    if (redact(String(thrown)) === String(thrown)) return;
    throw clean;
  }
  for (const name of Reflect.ownKeys(thrown)) Reflect.deleteProperty(thrown, name);
  const { name, message, stack, cause } = clean;
  for (const [key, value] of Object.entries({
    name,
    message,
    stack,
    ...omitUndefined({ cause }),
  })) {
    Object.defineProperty(thrown, key, { value, writable: true, configurable: true, enumerable: false });
  }
}
