import type { Command } from 'commander';
import { type ExitWith, wholeNumber } from 'taskbound-evidence/command/options';
import { withPerson, withStack } from '../connection/target-options.ts';
import type { Io } from '../io.ts';

export function declareList(program: Command, io: Io, exitWith: ExitWith): void {
  const command = program.command('list').description('list open and recent boundaries');
  withPerson(withStack(command, 'list', io))
    .option('--days <n>', 'the number of days to list, including today', wholeNumber(1, 366), 7)
    .action((options) => exitWith(import('./list.ts').then(({ list }) => list(options, io))));
}
