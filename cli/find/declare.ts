import type { Command } from 'commander';
import { withPerson, type ExitWith, wholeNumber } from 'taskbound-evidence/command/options';
import type { Io } from '../io.ts';

const FIND_HELP = `
Give exactly one of --requester, --approver, --day, --access-key and --secret. The command finds boundaries in an index, and checks each
match against the evidence of the boundary. A match that the evidence does not confirm is marked.

Exit code: 0 success, also if nothing was found; 2 wrong usage.`;

export function declareFind(program: Command, io: Io, exitWith: ExitWith): void {
  withPerson(program.command('find').description('find tasks by person, day, access key or secret'))
    .option('--requester <name>', "who requested the task: a person, a role's ARN, or schedule/<name>")
    .option('--approver <name>', "who approved, refused or reviewed the task: a person, or a role's ARN")
    .option('--day <date>', 'the day (UTC) of the request: 2026-11-24')
    .option('--access-key <id>', 'an access key id that was issued for the task: ASIA...')
    .option('--secret <id>', 'name or ARN of a secret that was made for the task')
    .option('--limit <n>', 'the maximum number of results, newest first', wholeNumber(1, 1000), 100)
    .addHelpText('after', FIND_HELP)
    .action((options) => exitWith(import('./find.ts').then(({ find }) => find(options, io))));
}
