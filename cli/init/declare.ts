import type { Command } from 'commander';
import type { ExitWith } from 'taskbound-evidence/command/options';
import type { Io } from '../io.ts';

const INIT_HELP = `
The app has one task type, which answers a support case: its work function, a unit test, a test on the embedded AWS, a
request and seed data. DIR must be new or empty; a folder .git may be in it.

Exit code: 0 done; 2 wrong usage, or the app cannot be written. Then nothing was written.`;

export function declareInit(program: Command, io: Io, exitWith: ExitWith): void {
  program
    .command('init')
    .description('write a small CDK app with one task type into a new folder')
    .argument('<dir>', 'the folder of the app')
    .option('--name <name>', 'the name of the package (default: the name of the folder)')
    .option('--json', 'print exactly one JSON document on standard output')
    .addHelpText('after', INIT_HELP)
    .action((dir, options) => exitWith(import('./init.ts').then(({ init }) => init(dir, options, io))));
}
