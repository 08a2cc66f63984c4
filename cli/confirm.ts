import { UsageError } from 'taskbound-evidence/command/errors';
import type { Io } from './io.ts';

/** Asks before something is done that cannot be taken back. Throws `UsageError` when the answer is no, or nobody is there to answer. */
export async function confirm(question: string, options: { readonly yes?: boolean }, io: Io): Promise<void> {
  if (options.yes === true) return;
  const answer = await io.ask(`${question} [y/N] `);
  if (answer === undefined)
    throw new UsageError(`${question} Nobody is there to answer; nothing was done. In a script, add --yes.`);
  if (!/^y(es)?$/i.test(answer.trim()))
    throw new UsageError(
      `The answer was ${JSON.stringify(answer.trim())}; nothing was done. Answer y to go on.`,
    );
}
