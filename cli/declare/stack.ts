import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { asPerson, type EndCommand, whole, withStack } from 'taskbound-evidence/command/options';

const ARCHIVING = `
For stacks with an archive, whose output EvidenceArchive names it. What somebody wrote to the table or put into the archive
after the boundary was closed shows here. A day has what was asked for on it, as the table has it, and the copies that were
put on it, as the archive has them. Older versions of a copy are not looked at.

Exit code: 0 every copy is the table's, byte for byte, and signed by the stack's key; 1 one is not, or cannot be read;
2 wrong usage.`;

const FINDING = `
One of them at a time. A boundary is found by what its own evidence says: the index only points to it, and what the
evidence does not bear out is marked as not confirmed.

Exit code: 0 also when nothing was found; 2 wrong usage.`;

/** What looks at tasks of a stack. */
export function declareLooking(program: Command, io: Io, ends: EndCommand): void {
  asPerson(
    program.command('show').description("show a task's timeline, from the stack or from an evidence bundle"),
  )
    .argument('<task>', 'a boundary id (<type>.<taskId>), a task id with --type, or a bundle file')
    .option('--type <type>', 'the task type, when only a task id is given')
    .option('--out <dir>', 'write the evidence of a task of the stack there: <taskId>.evidence.json')
    .action((task, options) => ends(import('../show/show.ts').then(({ show }) => show(task, options, io))));

  asPerson(program.command('list').description('list open and recent boundaries'))
    .option('--days <n>', 'how many days back, today included', whole(1, 366), 7)
    .action((options) => ends(import('../list/list.ts').then(({ list }) => list(options, io))));

  asPerson(
    program
      .command('archive')
      .description("compare the archive's copies of closed boundaries with the table"),
  )
    .argument('[task]', 'a boundary id (<type>.<taskId>), or a task id with --type')
    .option('--type <type>', 'the task type, when only a task id is given')
    .option('--day <date>', 'all that were asked for, or archived, on a day (UTC): 2026-11-24')
    .addHelpText('after', ARCHIVING)
    .action((task, options) =>
      ends(import('../archive/archive.ts').then(({ archive }) => archive(task, options, io))),
    );

  asPerson(program.command('find').description('find tasks by who, when, access key or secret'))
    .option('--requester <name>', "who asked: a person, a role's ARN, or schedule/<name>")
    .option('--approver <name>', "who approved, refused or reviewed: a person, or a role's ARN")
    .option('--day <date>', 'the day (UTC) on which it was asked for: 2026-11-24')
    .option('--access-key <id>', 'an access key id that was issued for it: ASIA...')
    .option('--secret <id>', 'name or ARN of a secret that was made for it')
    .option('--limit <n>', 'how many at most, the newest first', whole(1, 1000), 100)
    .addHelpText('after', FINDING)
    .action((options) => ends(import('../find/find.ts').then(({ find }) => find(options, io))));
}

const DRAINING = `
The stack refuses new tasks from now on, until --resume; tasks that stand already go on. It is safe to delete once
no boundary is open and every deny is lifted: a deny is an inline policy on a task role, and CloudFormation cannot
delete a role that has one. Being sure takes 40 seconds at least. Interrupted, it may be run again at any time.

Exit code: 0 safe; 1 not safe within the timeout, or it could not be done; 2 wrong usage.`;

export function declareDrain(program: Command, io: Io, ends: EndCommand): void {
  withStack(program.command('drain').description('refuse new tasks and wait until the stack may be deleted'))
    .option('--end', 'stop the tasks that still work, instead of waiting for their own end')
    .option('--resume', 'take new tasks again, and wait for nothing')
    .option('--reason <text>', 'why, for those who are refused')
    .option('--timeout <seconds>', 'how long to wait (default: 4500)', whole(0, 86_400))
    .addHelpText('after', DRAINING)
    .action((options) => ends(import('../drain/drain.ts').then(({ drain }) => drain(options, io))));
}
