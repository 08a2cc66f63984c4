import type { Command } from 'commander';
import type { ExitWith } from 'taskbound-evidence/command/options';
import { withTaskOptions } from '../decide/task-options.ts';
import type { Io } from '../io.ts';

const REVOKE_HELP = `
Exit code: 0 closed; 1 refused, or the task had already ended; 2 wrong usage; 3 the boundary is not proven closed yet.`;

export function declareRevoke(program: Command, io: Io, exitWith: ExitWith): void {
  const command = program
    .command('revoke')
    .description("end a task's access now, in any phase, and stop its execution");
  withTaskOptions(command, 'revoke TASK --reason TEXT', io)
    .addHelpText('after', REVOKE_HELP)
    .action((task, options) =>
      exitWith(import('./revoke.ts').then(({ revoke }) => revoke(task, options, io))),
    );
}
