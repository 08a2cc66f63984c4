import { messageOf } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import type { CommandIo } from './io.ts';

/**
 * The exit code once everything has been written. A result that was not delivered must not look like a verdict, nor like one that was
 * delivered. A command that only reads can be called again: 2. After one that `acts`, its effects remain, and 2 would mean that there are none.
 */
export async function codeAfterOutput(
  code: number,
  { program, command, acts }: { readonly program: string; readonly command: string; readonly acts: boolean },
  io: CommandIo,
): Promise<number> {
  const failure = await io.outFailure?.();
  if (failure === undefined) return code;
  const nextStep = acts
    ? `The effects of ${command} remain${command === 'init' ? '' : `: see ${program} list`}.`
    : 'Run the command again with an output that can be written.';
  io.err(
    `${program}: the result was not delivered, because standard output cannot be written: ${messageOf(failure)}. ${nextStep}\n`,
  );
  return acts ? Math.max(code, EXIT.failed) : EXIT.usage;
}
