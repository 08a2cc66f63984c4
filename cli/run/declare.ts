import type { Command } from 'commander';
import { withPerson, type ExitWith, seconds } from 'taskbound-evidence/command/options';
import type { Io } from '../io.ts';

const FAST_FORWARD = `
With --local the embedded AWS runs inside this process, on a clock that skips idle waiting: it starts at the
present time and jumps over every wait in which no work runs. The times shown are those of that clock.
Nothing remains afterwards, except what --dump and --out write.

Exit code: 0 done; 1 the task failed or was refused, its boundary is closed; 2 malformed request or wrong usage,
no task exists; 3 the boundary is not proven closed.`;

export function declareRun(program: Command, io: Io, exitWith: ExitWith): void {
  withPerson(
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
      'approve the task as this person, as soon as it waits for approval; may be given several times (local only)',
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .option(
      '--trail <dir>',
      'write what CloudTrail would have recorded, after the last deadline (local only)',
    )
    .option('--out <dir>', 'write <taskId>.evidence.json to this folder')
    .option(
      '--policy-delay <seconds>',
      'how long policy changes take to have effect (local only)',
      seconds,
      4,
    )
    .addHelpText('after', FAST_FORWARD)
    .action((request, options) => exitWith(import('./run.ts').then(({ run }) => run(request, options, io))));
}
