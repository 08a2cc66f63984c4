import { UsageError } from 'taskbound-evidence/command/errors';
import type { Io } from './io.ts';

/** Asks before something irreversible is done. Throws `UsageError` when the answer is no, or when there is no terminal to ask at. */
export async function confirm(question: string, options: { readonly yes?: boolean }, io: Io): Promise<void> {
  if (options.yes === true) return;
  const answer = await io.ask(`${question} [y/N] `);
  if (answer === undefined)
    throw new UsageError(
      `${question} There is no terminal to ask at; nothing was done. In a script, add --yes.`,
    );
  if (!/^y(es)?$/i.test(answer.trim()))
    throw new UsageError(
      `The answer was ${JSON.stringify(answer.trim())}; nothing was done. Answer y to continue.`,
    );
}
