import { messageOf } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import type { CommandIo } from './io.ts';

/**
 * The exit code once everything has been written. A result that was not delivered must not look like a verdict, nor like one that was
 * delivered. A command that only reads can be called again: 2. Otherwise its effects remain, and 2 would mean that there are none.
 */
export async function codeAfterOutput(
  code: number,
  {
    program,
    command,
    effects,
  }: {
    readonly program: string;
    readonly command: string;
    /** Where the effects of the command can be seen; undefined for one that only reads. */
    readonly effects: string | undefined;
  },
  io: CommandIo,
): Promise<number> {
  const failure = await io.outFailure?.();
  if (failure === undefined) return code;
  const nextStep =
    effects !== undefined
      ? `The effects of ${command} remain: ${effects}.`
      : 'Run the command again with an output that can be written.';
  io.err(
    `${program}: the result was not delivered, because standard output cannot be written: ${messageOf(failure)}. ${nextStep}\n`,
  );
  return effects !== undefined ? Math.max(code, EXIT.failed) : EXIT.usage;
}
