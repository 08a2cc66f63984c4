import type { Command } from 'commander';
import { withPerson } from 'taskbound-evidence/command/options';

/** Adds the argument and options of commands that act on one task as a person. */
export const withTaskOptions = (command: Command): Command =>
  withPerson(command)
    .argument('<task>', 'a boundary id (<type>.<taskId>), or a task id with --type')
    .option('--type <type>', 'the task type, if only a task id is given')
    .option('--reason <text>', 'the reason, for the record')
    .option('--yes', 'do not ask for confirmation');
