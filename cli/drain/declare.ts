import type { Command } from 'commander';
import { type ExitWith, wholeNumber } from 'taskbound-evidence/command/options';
import { withStack } from '../connection/target-options.ts';
import type { Io } from '../io.ts';

const DRAIN_HELP = `
The stack refuses new tasks from now on, until --resume; existing tasks continue. It is safe to delete when no boundary
is open and every deny is removed: a deny is an inline policy on a task role, and CloudFormation cannot delete a role that
has one. The check takes at least 40 seconds. An interrupted drain can be run again at any time.

Exit code: 0 safe to delete; 1 not safe within the timeout, or the drain failed; 2 wrong usage.`;

export function declareDrain(program: Command, io: Io, exitWith: ExitWith): void {
  const command = program
    .command('drain')
    .description('refuse new tasks and wait until the stack may be deleted');
  withStack(command, 'drain', io)
    .option('--end', 'end the tasks that still run, instead of waiting for them')
    .option('--resume', 'accept new tasks again, without waiting')
    .option('--reason <text>', 'the reason, shown to people whose tasks are refused')
    .option(
      '--timeout <seconds>',
      'the maximum time to wait, in seconds (default: 4500)',
      wholeNumber(0, 86_400),
    )
    .addHelpText('after', DRAIN_HELP)
    .action((options) => exitWith(import('./drain.ts').then(({ drain }) => drain(options, io))));
}
