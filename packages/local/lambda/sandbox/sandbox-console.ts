import { format } from 'node:util';
import type { LogLine } from '../types.ts';

type Level = LogLine['level'];

/** The `console` of an environment. Each call writes one log line. */
export function sandboxConsole(log: (level: Level, message: string) => void): Record<string, unknown> {
  const at =
    (level: Level) =>
    (...values: unknown[]) =>
      log(level, format(...values));
  const nothing = () => undefined;
  return {
    log: at('INFO'),
    info: at('INFO'),
    dir: at('INFO'),
    table: at('INFO'),
    warn: at('WARN'),
    error: at('ERROR'),
    trace: at('DEBUG'),
    debug: at('DEBUG'),
    assert: (condition: unknown, ...values: unknown[]) =>
      condition ? undefined : log('ERROR', `Assertion failed: ${format(...values)}`),
    group: nothing,
    groupEnd: nothing,
    time: nothing,
    timeEnd: nothing,
    count: nothing,
  };
}
