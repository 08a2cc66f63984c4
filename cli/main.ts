import { Command, CommanderError } from 'commander';
import { declareEvidence } from 'taskbound-evidence/command/declare';
import type { ExitWith } from 'taskbound-evidence/command/options';
import { explain } from 'taskbound-evidence/command/errors';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import { printJson } from 'taskbound-evidence/command/print';
import { declareArchive } from './archive/declare.ts';
import { explainCaller } from '../client/caller/caller-error.ts';
import { declareDecide } from './decide/declare.ts';
import { declareDrain } from './drain/declare.ts';
import { exitCodeOf } from './errors.ts';
import { declareFind } from './find/declare.ts';
import type { Io } from './io.ts';
import { declareList } from './list/declare.ts';
import { declareLocal } from './local/declare.ts';
import { declarePlan } from './plan/declare.ts';
import { declareRevoke } from './revoke/declare.ts';
import { declareRun } from './run/declare.ts';
import { declareShow } from './show/declare.ts';
import { codeAfterOutput } from './undelivered.ts';
import { version } from './version.ts';

/** Prints an error on standard error, and with `--json` also as the one document on standard output. */
function printError(
  thrown: unknown,
  { argv, command }: { readonly argv: readonly string[]; readonly command: string },
  io: Io,
): number {
  const error = explainCaller(thrown, io.env);
  io.err(`taskbound: ${explain(error)}\n`);
  if (io.env['TASKBOUND_DEBUG'] === '1' && thrown instanceof Error) io.err(`${thrown.stack ?? ''}\n`);
  if (argv.includes('--json')) {
    printJson(io, {
      error: { name: error instanceof Error ? error.name : 'Error', message: explain(error) },
    });
  }
  return exitCodeOf(error, command);
}

function printUsageError(error: CommanderError, argv: readonly string[], io: Io): number {
  if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version') return EXIT.done;
  const text =
    error.code === 'commander.help'
      ? 'No command was given'
      : error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const message = `${text}${/[.?!)]$/.test(text) ? '' : '.'} See taskbound --help.`;
  io.err(`taskbound: ${message}\n`);
  if (argv.includes('--json')) printJson(io, { error: { name: 'UsageError', message } });
  return EXIT.usage;
}

/**
 * Each command's module is loaded only when the command is called: help and `show BUNDLE` need neither the SDK nor the CDK. The help lists the
 * commands in this order, under these headings.
 */
function declareCommands(program: Command, io: Io, exitWith: ExitWith): void {
  // Only a trail in a bucket needs it: reading evidence needs no SDK.
  const s3Config = async () =>
    (await import('../client/caller/environment-config.ts')).environmentConfig(io.env);
  program.commandsGroup('Run tasks:');
  declareRun(program, io, exitWith);
  declarePlan(program, io, exitWith);
  declareLocal(program, io, exitWith);
  program.commandsGroup('Decide:');
  declareDecide(program, io, exitWith);
  declareRevoke(program, io, exitWith);
  program.commandsGroup('Review evidence:');
  declareShow(program, io, exitWith);
  declareFind(program, io, exitWith);
  declareEvidence(program, io, exitWith, s3Config);
  declareArchive(program, io, exitWith);
  program.commandsGroup('Operate:');
  declareList(program, io, exitWith);
  declareDrain(program, io, exitWith);
}

/** The command line. `argv` contains the arguments only. Returns the exit code. Reads and writes only through `io` and the given files. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.done;
  let command = '';
  const program = new Command('taskbound')
    .description('Gives every task its own identity boundary on AWS, and proves that it is gone.')
    .version(version(), '-V, --version', 'print the version')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: () => undefined })
    .hook('preAction', (_program, called) => void (command = called.name()));
  declareCommands(program, io, async (outcome) => void (code = await outcome));
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    code =
      error instanceof CommanderError
        ? printUsageError(error, argv, io)
        : printError(error, { argv, command }, io);
  }
  return codeAfterOutput(code, command, io);
}
