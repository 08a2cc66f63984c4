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

/** One JSON line each: level, boundaryId, message and fields, redacted. What JSON cannot hold is logged as Node prints it. */
export function taskLog({ boundaryId, console, redactJson }: Wiring): TaskLog {
  const at =
    (level: Level): Write =>
    (message, fields = {}) =>
      console[level](JSON.stringify(redactJson({ ...plainJson(fields), level, boundaryId, message })));
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

function plainJson(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  try {
    const plain: Record<string, unknown> = JSON.parse(JSON.stringify(fields, spelledError));
    return plain;
  } catch {
    return { fields: inspect(fields) };
  }
}

/** JSON of an error is `{}`: its name and message say more. */
const spelledError = (_key: string, value: unknown): unknown =>
  value instanceof Error ? describeError(value) : value;
