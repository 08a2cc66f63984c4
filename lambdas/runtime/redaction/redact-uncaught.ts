import type { EventEmitter } from 'node:events';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { redactedError } from './redact-error.ts';

/**
 * Redacts uncaught errors (thrown in a timer, or a rejected promise without a handler), which never pass
 * through the handler: Lambda's own listeners report them. The listeners here run first and redact the error
 * in place. If it cannot be changed, they end the process with the redacted error instead. They never keep a
 * process alive that would have ended.
 */
export function guardStrays(events: EventEmitter, redact: (text: string) => string): void {
  const clean = (error: unknown) => cleanInPlace(error, redact);
  events.on('uncaughtExceptionMonitor', clean);
  // If there is a listener (as on Lambda), the monitor does not receive rejections.
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
