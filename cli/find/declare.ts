import type { Command } from 'commander';
import { asPerson, type ExitWith, whole } from 'taskbound-evidence/command/options';
import type { Io } from '../io.ts';

const FIND_HELP = `
Give one of --requester, --approver, --day, --access-key and --secret. An index points to boundaries, and each boundary's own
evidence confirms the match. A match that the evidence does not confirm is marked.

Exit code: 0 also when nothing was found; 2 wrong usage.`;

export function declareFind(program: Command, io: Io, exitWith: ExitWith): void {
  asPerson(program.command('find').description('find tasks by who, when, access key or secret'))
    .option('--requester <name>', "who requested it: a person, a role's ARN, or schedule/<name>")
    .option('--approver <name>', "who approved, refused or reviewed it: a person, or a role's ARN")
    .option('--day <date>', 'the day (UTC) on which it was requested: 2026-11-24')
    .option('--access-key <id>', 'an access key id that was issued for it: ASIA...')
    .option('--secret <id>', 'name or ARN of a secret that was made for it')
    .option('--limit <n>', 'how many at most, the newest first', whole(1, 1000), 100)
    .addHelpText('after', FIND_HELP)
    .action((options) => exitWith(import('./find.ts').then(({ find }) => find(options, io))));
}
