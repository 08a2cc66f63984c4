import type { Command } from 'commander';
import type { Io } from '../io.ts';
import { asPerson, type EndCommand, seconds, whole } from 'taskbound-evidence/command/options';

const FAST_FORWARD = `
With --local the embedded AWS runs inside this process, on a clock that skips idle waiting: it starts at the
present time and then jumps over every wait in which nothing works. Times shown are that clock's.
Nothing of it is left afterwards, except what --dump and --out write.

Exit code: 0 done; 1 the task failed or was refused, its boundary is closed; 2 malformed request or wrong usage,
no task exists; 3 the boundary is not proven closed.`;

/** What runs tasks, and where. */
export function declareTasks(program: Command, io: Io, ends: EndCommand): void {
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
    .option(
      '--trail <dir>',
      'write what CloudTrail would have recorded, after the last deadline (local only)',
    )
    .option('--out <dir>', 'write <taskId>.evidence.json there')
    .option(
      '--policy-delay <seconds>',
      'how long policy changes take to have effect (local only)',
      seconds,
      4,
    )
    .addHelpText('after', FAST_FORWARD)
    .action((request, options) => ends(import('../run/run.ts').then(({ run }) => run(request, options, io))));

  asPerson(program.command('plan').description('show what a request would be granted; issues nothing'))
    .argument('<request>', 'the request, a JSON file')
    .action((request, options) =>
      ends(import('../plan/plan.ts').then(({ plan }) => plan(request, options, io))),
    );

  program
    .command('local')
    .description('serve the embedded AWS with the stack loaded on 127.0.0.1, until Ctrl-C')
    .option('--assembly <dir>', 'an already synthesized CDK assembly, instead of synthesizing')
    .option('--port <port>', 'the port to listen on; a free one when absent', whole(1, 65_535))
    .option('--state <dir>', 'keep the data there between runs')
    .option('--policy-delay <seconds>', 'how long policy changes take to have effect', seconds, 4)
    .option('--json', 'print the environment as one JSON document')
    .action((options) => ends(import('../local/local.ts').then(({ local }) => local(options, io))));
}
