import type { Command } from 'commander';
import type { ExitWith } from 'taskbound-evidence/command/options';
import type { Io } from '../io.ts';
import { withTaskOptions } from './task-options.ts';

const DECIDE_HELP = `
The command first shows what you decide about: who requests it, why, with which tools on which resources, when, how long,
and which secrets. TASK may also be the review of an emergency, <type>.<taskId>.review: approving it confirms that the
emergency was justified.

Exit code: 0 done; 1 refused, the decision does not count; 2 wrong usage.`;

/** `approve` and `refuse`. */
export function declareDecide(program: Command, io: Io, exitWith: ExitWith): void {
  for (const [decision, description] of [
    ['approve', 'show a task that waits for approval, and approve it'],
    ['refuse', 'show a task that waits for approval, and refuse it'],
  ] as const) {
    const example = decision === 'approve' ? 'approve TASK' : 'refuse TASK --reason TEXT';
    withTaskOptions(program.command(decision).description(description), example, io)
      .addHelpText('after', DECIDE_HELP)
      .action((task, options) =>
        exitWith(import('./decide.ts').then(({ decide }) => decide(decision, task, options, io))),
      );
  }
}
