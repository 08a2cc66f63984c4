import type { Command } from 'commander';
import { withPerson, type ExitWith, wholeNumber } from 'taskbound-evidence/command/options';
import type { Io } from '../io.ts';

export function declareList(program: Command, io: Io, exitWith: ExitWith): void {
  withPerson(program.command('list').description('list open and recent boundaries'))
    .option('--days <n>', 'the number of days to list, including today', wholeNumber(1, 366), 7)
    .action((options) => exitWith(import('./list.ts').then(({ list }) => list(options, io))));
}
