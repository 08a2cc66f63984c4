import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { asPerson, type EndCommand } from 'taskbound-evidence/command/options';

const DECIDING = `
You are asked first what you decide about: who asks, why, with which tools on which resources, when, how long, which
secrets. TASK may also be the review of an emergency, <type>.<taskId>.review: approve says that it was justified.

Exit code: 0 done; 1 refused, it counts for nothing; 2 wrong usage.`;

/** What people say about tasks. */
export function declarePeople(program: Command, io: Io, ends: EndCommand): void {
  const about = (command: Command): Command =>
    asPerson(command)
      .argument('<task>', 'a boundary id (<type>.<taskId>), or a task id with --type')
      .option('--type <type>', 'the task type, when only a task id is given')
      .option('--reason <text>', 'why, for the record')
      .option('--yes', 'do not ask');
  for (const [decision, what] of [
    ['approve', 'approve a task that waits for it, after showing all of it'],
    ['refuse', 'refuse a task that waits for approval: it will not run'],
  ] as const) {
    about(program.command(decision).description(what))
      .addHelpText('after', DECIDING)
      .action((task, options) =>
        ends(
          import('../decide/decide.ts').then(({ decideCommand }) =>
            decideCommand(decision, task, options, io),
          ),
        ),
      );
  }
  about(
    program.command('revoke').description("end a task's access now, from any phase, and stop its execution"),
  )
    .addHelpText(
      'after',
      '\nExit code: 0 closed; 1 refused, or it had ended; 2 wrong usage; 3 the boundary is not proven closed yet.',
    )
    .action((task, options) =>
      ends(import('../revoke/revoke.ts').then(({ revoke }) => revoke(task, options, io))),
    );
}
