import type { Command } from 'commander';
import { asPerson } from 'taskbound-evidence/command/options';

/** The argument and options of a command with which a person decides about one task. */
export const withTaskOptions = (command: Command): Command =>
  asPerson(command)
    .argument('<task>', 'a boundary id (<type>.<taskId>), or a task id with --type')
    .option('--type <type>', 'the task type, when only a task id is given')
    .option('--reason <text>', 'why, for the record')
    .option('--yes', 'do not ask for confirmation');
