import type { Command } from 'commander';
import { type ExitWith, wholeNumber } from 'taskbound-evidence/command/options';
import { withPerson, withStack } from '../connection/target-options.ts';
import type { Io } from '../io.ts';

const FIND_HELP = `
Give one of --requester, --approver, --day, --access-key and --secret. The command finds boundaries with an
index, and confirms each match with the evidence of the boundary. A match that the evidence does not confirm is marked.

Exit code: 0 done, even if nothing was found; 2 wrong usage.`;

export function declareFind(program: Command, io: Io, exitWith: ExitWith): void {
  const command = program.command('find').description('find tasks by person, day, access key or secret');
  withPerson(withStack(command, 'find --day 2026-11-24', io))
    .option('--requester <name>', "the requester: a person, a role's ARN, or schedule/<name>")
    .option('--approver <name>', "the person who approved, refused or reviewed the task, or a role's ARN")
    .option('--day <date>', 'the day of the request (UTC), such as 2026-11-24')
    .option('--access-key <id>', 'the id of an access key that was issued for the task, such as ASIA...')
    .option('--secret <id>', 'the name or ARN of a secret that was made for the task')
    .option('--limit <n>', 'the maximum number of tasks, newest first', wholeNumber(1, 1000), 100)
    .addHelpText('after', FIND_HELP)
    .action((options) => exitWith(import('./find.ts').then(({ find }) => find(options, io))));
}
