import type { Clock } from 'taskbound-time/clock';
import type { CommandIo } from 'taskbound-evidence/command/io';

/** Everything that a command has of the process it runs in. Tests give their own. */
export interface Io extends CommandIo {
  /** The person's name on this machine; the session name of a local requester. */
  readonly userName: string;
  /** Real time. */
  readonly clock: Clock;
  /** What a person answers; undefined when nobody is there to ask. */
  ask(question: string): Promise<string | undefined>;
  /** Resolves when the person wants to stop (Ctrl-C). */
  untilInterrupted(): Promise<void>;
}
