import type { Clock } from '../core/clock.ts';

/** Everything that a command has of the process it runs in. Tests give their own. */
export interface Io {
  /** Results. With `--json`, exactly one JSON document. */
  out(text: string): void;
  /** Progress and errors. */
  err(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What relative paths are relative to. */
  readonly cwd: string;
  /** The person's name on this machine; the session name of a local requester. */
  readonly userName: string;
  /** Real time. */
  readonly clock: Clock;
  /** What a person answers; undefined when nobody is there to ask. */
  ask(question: string): Promise<string | undefined>;
  /** Resolves when the person wants to stop (Ctrl-C). */
  untilInterrupted(): Promise<void>;
}
