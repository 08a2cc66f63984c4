import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { explain, exitCodeOf } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import type { Io } from './io.ts';
import { printJson } from './print.ts';

/** A command's module is loaded only when it is called: `--help` and `show BUNDLE` need neither the SDK nor the CDK. */
type Outcome = Promise<number>;

const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(
      `${JSON.stringify(text)} was given; allowed: a whole number from ${least} to ${most}.`,
    );
  };

const seconds = (text: string): number => {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value <= 3600) return value;
  throw new InvalidArgumentError(`${JSON.stringify(text)} was given; allowed: 0 to 3600 seconds.`);
};

const withStack = (command: Command): Command =>
  command
    .option('--stack <name>', 'the deployed stack; with AWS_ENDPOINT_URL it defaults to Taskbound')
    .option(
      '--assembly <dir>',
      'an already synthesized CDK assembly for the local stack, instead of synthesizing',
    )
    .option('--json', 'print exactly one JSON document on standard output');

const asPerson = (command: Command): Command =>
  withStack(command).option(
    '--as <name@output>',
    "act as this person in the stack's role: alice@Approvers (in an embedded AWS you are in Requesters by default)",
  );

const FAST_FORWARD = `
With --local the embedded AWS runs inside this process, on a clock that skips idle waiting: it starts at the
present time and then jumps over every wait in which nothing works. Times shown are that clock's.
Nothing of it is left afterwards, except what --dump and --out write.

Exit code: 0 done; 1 the task failed or was refused, its boundary is closed; 2 malformed request or wrong usage,
no task exists; 3 the boundary is not proven closed.`;

const VERIFYING = `
Get the key once from whoever runs the stack, not with each bundle: aws kms get-public-key, or the taskbound.pub.pem
that --out wrote.

Exit code: 0 verified; 1 something is wrong with the bundle, and the first thing is named; 2 unreadable or not JSON;
4 consistent, but no key was pinned.`;

const DRAINING = `
The stack refuses new tasks from now on, until --resume; tasks that stand already go on. It is safe to delete once
no boundary is open and every deny is lifted: a deny is an inline policy on a task role, and CloudFormation cannot
delete a role that has one. Being sure takes 40 seconds at least. Interrupted, it may be run again at any time.

Exit code: 0 safe; 1 not safe within the timeout, or it could not be done; 2 wrong usage.`;

function declareDrain(program: Command, io: Io, ends: (outcome: Outcome) => Promise<void>): void {
  withStack(program.command('drain').description('refuse new tasks and wait until the stack may be deleted'))
    .option('--end', 'stop the tasks that still work, instead of waiting for their own end')
    .option('--resume', 'take new tasks again, and wait for nothing')
    .option('--reason <text>', 'why, for those who are refused')
    .option('--timeout <seconds>', 'how long to wait (default: 4500)', whole(0, 86_400))
    .addHelpText('after', DRAINING)
    .action((options) => ends(import('./commands/drain.ts').then(({ drain }) => drain(options, io))));
}

const ARCHIVING = `
For stacks with an archive, whose output EvidenceArchive names it. What somebody wrote to the table or put into the archive
after the boundary was closed shows here.

Exit code: 0 every copy is the table's, byte for byte; 1 one is not, or cannot be read; 2 wrong usage.`;

const FINDING = `
One of them at a time. A boundary is found by what its own evidence says: the index only points to it, and what the
evidence does not bear out is marked as not confirmed.

Exit code: 0 also when nothing was found; 2 wrong usage.`;

/** What looks at tasks of a stack. */
function declareLooking(program: Command, io: Io, ends: (outcome: Outcome) => Promise<void>): void {
  asPerson(
    program.command('show').description("show a task's timeline, from the stack or from an evidence bundle"),
  )
    .argument('<task>', 'a boundary id (<type>.<taskId>), a task id with --type, or a bundle file')
    .option('--type <type>', 'the task type, when only a task id is given')
    .option('--out <dir>', 'write the evidence of a task of the stack there: <taskId>.evidence.json')
    .action((task, options) =>
      ends(import('./commands/show.ts').then(({ show }) => show(task, options, io))),
    );

  asPerson(program.command('list').description('list open and recent boundaries'))
    .option('--days <n>', 'how many days back, today included', whole(1, 366), 7)
    .action((options) => ends(import('./commands/list.ts').then(({ list }) => list(options, io))));

  asPerson(
    program
      .command('archive')
      .description("compare the archive's copies of closed boundaries with the table"),
  )
    .argument('[task]', 'a boundary id (<type>.<taskId>), or a task id with --type')
    .option('--type <type>', 'the task type, when only a task id is given')
    .option('--day <date>', 'all that were asked for on a day (UTC): 2026-11-24')
    .addHelpText('after', ARCHIVING)
    .action((task, options) =>
      ends(import('./commands/archive.ts').then(({ archive }) => archive(task, options, io))),
    );

  asPerson(program.command('find').description('find tasks by who, when, access key or secret'))
    .option('--requester <name>', "who asked: a person, a role's ARN, or schedule/<name>")
    .option('--approver <name>', "who approved, refused or reviewed: a person, or a role's ARN")
    .option('--day <date>', 'the day (UTC) on which it was asked for: 2026-11-24')
    .option('--access-key <id>', 'an access key id that was issued for it: ASIA...')
    .option('--secret <id>', 'name or ARN of a secret that was made for it')
    .option('--limit <n>', 'how many at most, the newest first', whole(1, 1000), 100)
    .addHelpText('after', FINDING)
    .action((options) => ends(import('./commands/find.ts').then(({ find }) => find(options, io))));
}

const DECIDING = `
You are asked first what you decide about: who asks, why, with which tools on which resources, when, how long, which
secrets. TASK may also be the review of an emergency, <type>.<taskId>.review: approve says that it was justified.

Exit code: 0 done; 1 refused, it counts for nothing; 2 wrong usage.`;

function declarePeople(program: Command, io: Io, ends: (outcome: Outcome) => Promise<void>): void {
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
          import('./commands/decide.ts').then(({ decideCommand }) =>
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
      ends(import('./commands/revoke.ts').then(({ revoke }) => revoke(task, options, io))),
    );
}

const REPORTING = `
The page needs no network and runs no script. It is written beside the bundle as <taskId>.report.html, unless --out
says otherwise; its path is printed. What is wrong with the record or with the task stands in the page.

Exit code: 0 written; 2 the bundle, the audit or the key cannot be used, or the page cannot be written.`;

/** What is read from a bundle alone, without any stack. */
function declareReading(program: Command, io: Io, ends: (outcome: Outcome) => Promise<void>): void {
  const about = (name: string, what: string): Command =>
    program
      .command(name)
      .description(what)
      .argument('<bundle>', 'an evidence bundle, a JSON file')
      .option('--json', 'print exactly one JSON document on standard output');
  about('report', "write a task's record as one HTML page, for people who review it")
    .option('--audit <file>', 'what `audit --json` printed about this bundle')
    .option('--key <pem>', 'the public key that you trust, in PEM form')
    .option('--out <file>', 'where to write the page')
    .addHelpText('after', REPORTING)
    .action((bundle, options) =>
      ends(import('./commands/report.ts').then(({ report }) => report(bundle, options, io))),
    );
  about('controls', "show which of a task's events are evidence for which control of OWASP and NIST")
    .addHelpText('after', '\nExit code: 0 done; 2 the bundle cannot be used. More in docs/controls.md.')
    .action((bundle, options) =>
      ends(import('./commands/controls.ts').then(({ controls }) => controls(bundle, options, io))),
    );
}

function declare(program: Command, io: Io, ends: (outcome: Outcome) => Promise<void>): void {
  asPerson(
    program.command('run').description('submit a request and follow its task to the end of its boundary'),
  )
    .argument('[request]', 'the request, a JSON file')
    .option(
      '--schedule <name>',
      'submit nothing: wait for the next run of this schedule, and follow its task',
    )
    .option('--local', 'run in an embedded AWS inside this process; no account is used')
    .option(
      '--seed <dir>',
      'load data first: objects DIR/s3/<bucket output>/<key>, items DIR/dynamodb/<table output>.json (local only)',
    )
    .option('--dump <dir>', 'write all objects and items afterwards, in the same form (local only)')
    .option(
      '--stop-at <state>',
      'stop the execution when it enters this state, to see its boundary closed (local only)',
    )
    .option(
      '--approve-as <name@output>',
      'approve the task as this person, as soon as it waits for it; may be given again (local only)',
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .option('--out <dir>', 'write <taskId>.evidence.json there')
    .option(
      '--policy-delay <seconds>',
      'how long policy changes take to have effect (local only)',
      seconds,
      4,
    )
    .addHelpText('after', FAST_FORWARD)
    .action((request, options) =>
      ends(import('./commands/run.ts').then(({ run }) => run(request, options, io))),
    );

  asPerson(program.command('plan').description('show what a request would be granted; issues nothing'))
    .argument('<request>', 'the request, a JSON file')
    .action((request, options) =>
      ends(import('./commands/plan.ts').then(({ plan }) => plan(request, options, io))),
    );

  program
    .command('verify')
    .description("check an evidence bundle's chain and signature, offline")
    .argument('<bundle>', 'the bundle, a file that --out wrote')
    .option('--key <pem>', 'the public key that you trust; without it, only consistency can be told')
    .option('--json', 'print exactly one JSON document on standard output')
    .addHelpText('after', VERIFYING)
    .action((bundle, options) =>
      ends(import('./commands/verify.ts').then(({ verify }) => verify(bundle, options, io))),
    );

  program
    .command('local')
    .description('serve the embedded AWS with the stack loaded on 127.0.0.1, until Ctrl-C')
    .option('--assembly <dir>', 'an already synthesized CDK assembly, instead of synthesizing')
    .option('--port <port>', 'the port to listen on; a free one when absent', whole(1, 65_535))
    .option('--state <dir>', 'keep the data there between runs')
    .option('--policy-delay <seconds>', 'how long policy changes take to have effect', seconds, 4)
    .option('--json', 'print the environment as one JSON document')
    .action((options) => ends(import('./commands/local.ts').then(({ local }) => local(options, io))));
}

/** Says what is wrong, once: on standard error, and with `--json` as the one document as well. */
function report(error: unknown, argv: readonly string[], io: Io): number {
  io.err(`taskbound: ${explain(error)}\n`);
  if (io.env['TASKBOUND_DEBUG'] === '1' && error instanceof Error) io.err(`${error.stack ?? ''}\n`);
  if (argv.includes('--json')) {
    printJson(io, {
      error: { name: error instanceof Error ? error.name : 'Error', message: explain(error) },
    });
  }
  return exitCodeOf(error);
}

function reportUsage(error: CommanderError, argv: readonly string[], io: Io): number {
  if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version') return EXIT.done;
  const said =
    error.code === 'commander.help'
      ? 'No command was given'
      : error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const message = `${said}${/[.?!)]$/.test(said) ? '' : '.'} See taskbound --help.`;
  io.err(`taskbound: ${message}\n`);
  if (argv.includes('--json')) printJson(io, { error: { name: 'UsageError', message } });
  return EXIT.usage;
}

/**
 * The command line. `argv` has the arguments only. Returns the exit code; reads and writes nothing but through `io` and the files it
 * was told to.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.done;
  const program = new Command('taskbound')
    .description('Gives every task its own identity boundary on AWS, and proves that it is gone.')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: () => undefined });
  const ends = async (outcome: Outcome): Promise<void> => void (code = await outcome);
  declare(program, io, ends);
  declareLooking(program, io, ends);
  declarePeople(program, io, ends);
  declareDrain(program, io, ends);
  declareReading(program, io, ends);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return error instanceof CommanderError ? reportUsage(error, argv, io) : report(error, argv, io);
  }
}
