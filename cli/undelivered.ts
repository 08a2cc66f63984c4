import { messageOf } from 'taskbound-evidence/command/errors';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import type { Io } from './io.ts';

/** Commands that change something, in the stack or on this machine. */
const ACTING_COMMANDS: readonly string[] = ['init', 'run', 'local', 'approve', 'refuse', 'revoke', 'drain'];

/**
 * The exit code once everything has been written. A result that was not delivered must not look like a verdict, nor like one that was
 * delivered. A command that only reads can be called again: 2. Otherwise its effects remain, and 2 would mean that there are none.
 */
export async function codeAfterOutput(code: number, command: string, io: Io): Promise<number> {
  const failure = await io.outFailure?.();
  if (failure === undefined) return code;
  const acts = ACTING_COMMANDS.includes(command);
  const nextStep = acts
    ? `The effects of ${command} remain${command === 'init' ? '' : ': see taskbound list'}.`
    : 'Run the command again with an output that can be written.';
  io.err(
    `taskbound: the result was not delivered, because standard output cannot be written: ${messageOf(failure)}. ${nextStep}\n`,
  );
  return acts ? Math.max(code, EXIT.failed) : EXIT.usage;
}
