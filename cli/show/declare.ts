import type { Command } from 'commander';
import type { ExitWith } from 'taskbound-evidence/command/options';
import { withPerson, withStackOptions } from '../connection/target-options.ts';
import type { Io } from '../io.ts';

export function declareShow(program: Command, io: Io, exitWith: ExitWith): void {
  const command = program
    .command('show')
    .description("show a task's timeline, from the stack or from an evidence bundle");
  withPerson(withStackOptions(command))
    .argument('<task>', 'a boundary id (<type>.<taskId>), a task id with --type, or a bundle file')
    .option('--type <type>', 'the task type, if only a task id is given')
    .option(
      '--out <dir>',
      'write the evidence to this folder as <taskId>.evidence.json (only for a task of a stack)',
    )
    .action((task, options) => exitWith(import('./show.ts').then(({ show }) => show(task, options, io))));
}
