import { inspect } from 'node:util';
import { describeError } from 'taskbound-evidence/describe-error';

type Level = 'info' | 'warn' | 'error';
type Write = (message: string, fields?: Readonly<Record<string, unknown>>) => void;
export type TaskLog = Readonly<Record<Level, Write>>;

interface Wiring {
  readonly boundaryId: string;
  readonly console: Pick<Console, Level>;
  /** Redacts every string of a JSON value. */
  readonly redactJson: (value: unknown) => unknown;
}

/**
 * Logs one redacted JSON line for each message: level, boundaryId, message and fields. Values that JSON
 * cannot represent are logged as Node prints them.
 */
export function taskLog({ boundaryId, console, redactJson }: Wiring): TaskLog {
  const at =
    (level: Level): Write =>
    (message, fields = {}) =>
      console[level](JSON.stringify(redactJson({ ...plainJson(fields), level, boundaryId, message })));
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

function plainJson(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  try {
    const plain: Record<string, unknown> = JSON.parse(JSON.stringify(fields, errorText));
    return plain;
  } catch {
    return { fields: inspect(fields) };
  }
}

/** An error's JSON is `{}`, so its name and message are logged instead. */
const errorText = (_key: string, value: unknown): unknown =>
  value instanceof Error ? describeError(value) : value;
