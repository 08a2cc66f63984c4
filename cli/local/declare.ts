import type { Command } from 'commander';
import { type ExitWith, seconds, wholeNumber } from 'taskbound-evidence/command/options';
import type { Io } from '../io.ts';

export function declareLocal(program: Command, io: Io, exitWith: ExitWith): void {
  program
    .command('local')
    .description('serve an embedded AWS with the stack on 127.0.0.1, until Ctrl-C')
    .option(
      '--assembly <dir>',
      'the folder of a synthesized CDK assembly (default: synthesize the app of cdk.json)',
    )
    .option('--stack <name>', 'a stack of the app (default: the one with a TaskBoundary)')
    .option('--port <port>', 'the port to listen on (default: a free port)', wholeNumber(1, 65_535))
    .option(
      '--seed <dir>',
      'load data from this folder at the first start: objects DIR/s3/<bucket output>/<key>, items DIR/dynamodb/<table output>.json, schemas DIR/postgres/<database>.sql',
    )
    .option(
      '--state <dir>',
      'keep the data in this folder, also across a kill (default: keep no data); the folder becomes private',
    )
    .option('--policy-delay <seconds>', 'the time until a policy change takes effect, in seconds', seconds, 4)
    .option('--json', 'print the environment variables as one JSON document')
    .action((options) => exitWith(import('./local.ts').then(({ local }) => local(options, io))));
}
