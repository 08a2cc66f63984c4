import type { Command } from 'commander';
import { withPerson, withStack } from '../connection/target-options.ts';
import type { Io } from '../io.ts';

/** Adds the argument and options of commands that act on one task as a person. `example` is as in `withStack`. */
export const withTaskOptions = (command: Command, example: string, io: Io): Command =>
  withPerson(withStack(command, example, io))
    .argument('<task>', 'a boundary id (<type>.<taskId>), or a task id with --type')
    .option('--type <type>', 'the task type, if only a task id is given')
    .option('--reason <text>', 'the reason, for the record')
    .option('--yes', 'do not ask for confirmation');
