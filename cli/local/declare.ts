import type { Command } from 'commander';
import { type ExitWith, seconds, wholeNumber } from 'taskbound-evidence/command/options';
import type { Io } from '../io.ts';

export function declareLocal(program: Command, io: Io, exitWith: ExitWith): void {
  program
    .command('local')
    .description('serve the embedded AWS with the stack loaded on 127.0.0.1, until Ctrl-C')
    .option('--assembly <dir>', 'an already synthesized CDK assembly, instead of synthesizing')
    .option('--port <port>', 'the port to listen on (default: a free port)', wholeNumber(1, 65_535))
    .option('--state <dir>', 'keep the data in this folder between runs')
    .option('--policy-delay <seconds>', 'how long policy changes take to have effect', seconds, 4)
    .option('--json', 'print the environment as one JSON document')
    .action((options) => exitWith(import('./local.ts').then(({ local }) => local(options, io))));
}
