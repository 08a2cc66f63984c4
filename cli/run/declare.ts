import type { Command } from 'commander';
import { type ExitWith, seconds } from 'taskbound-evidence/command/options';
import { assertRunTarget, type TargetOptions } from '../connection/target.ts';
import { withAnyStack, withPerson } from '../connection/target-options.ts';
import type { Io } from '../io.ts';

const FAST_FORWARD = `
With --local, the embedded AWS runs inside this process, on a virtual clock. The clock starts at the present time and skips
every wait in which no work runs. The times shown are those of this clock. Nothing remains afterwards, except the files that
--dump, --trail and --out write.

Exit code: 0 done; 1 the task failed or was refused, and its boundary is closed; 2 malformed request or wrong usage,
and no task exists; 3 the boundary is not proven closed.`;

export function declareRun(program: Command, io: Io, exitWith: ExitWith): void {
  const command = program
    .command('run')
    .description('submit a request and follow its task to the end of its boundary')
    .hook('preAction', (_this, called) =>
      assertRunTarget({ example: 'run REQUEST.json' }, called.opts<TargetOptions>(), io.env),
    );
  withPerson(withAnyStack(command, 'run in an embedded AWS inside this process, without an AWS account'))
    .argument('[request]', 'the request, a JSON file')
    .option(
      '--schedule <name>',
      'wait for the next run of this schedule and follow its task, instead of submitting a request',
    )
    .option(
      '--seed <dir>',
      'load data from this folder first: objects DIR/s3/<bucket>/<key>, items DIR/dynamodb/<table>.json, schemas DIR/postgres/<database>.sql; name buckets and tables by output or logical id (local only)',
    )
    .option(
      '--dump <dir>',
      'write all objects and items to this folder afterwards, in the form of --seed (local only)',
    )
    .option(
      '--stop-at <state>',
      'stop the execution when it enters this state, to see how its boundary is closed (local only)',
    )
    .option(
      '--approve-as <name@role>',
      'approve the task as this person, as soon as it waits for approval; may be given several times (local only)',
      (text: string, before: readonly string[] = []) => [...before, text],
    )
    .option(
      '--trail <dir>',
      'after the last deadline, write what CloudTrail would have recorded to this folder (local only)',
    )
    .option('--out <dir>', 'write <taskId>.evidence.json to this folder')
    .option(
      '--policy-delay <seconds>',
      'the time until a policy change takes effect, in seconds (local only)',
      seconds,
      4,
    )
    .addHelpText('after', FAST_FORWARD)
    .action((request, options) => exitWith(import('./run.ts').then(({ run }) => run(request, options, io))));
}
