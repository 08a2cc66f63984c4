import type { Clock } from 'taskbound-time/clock';
import type { CommandIo } from 'taskbound-evidence/command/io';

/** The parts of its process that a command uses. Tests pass their own. */
export interface Io extends CommandIo {
  /** The user's name on this machine; the session name of a local requester. */
  readonly userName: string;
  /** Real time. */
  readonly clock: Clock;
  /** Synthesizes the app of cdk.json in `cwd` into a folder, for a command without --assembly. Throws `UsageError`. */
  synthesize(directory: string): Promise<void>;
  /** Whether what `synthesize` wrote is kept and used again while the app is the same. @default false */
  readonly keepsAssemblies?: boolean;
  /** The user's answer; undefined when there is no terminal to ask at. */
  ask(question: string): Promise<string | undefined>;
  /** Resolves when the user interrupts (Ctrl-C). */
  untilInterrupted(): Promise<void>;
}
