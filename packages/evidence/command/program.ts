import { Command, CommanderError } from 'commander';
import { explain } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import type { CommandIo } from './io.ts';
import type { ExitWith } from './options.ts';
import { printJson } from './print.ts';
import { codeAfterOutput } from './undelivered.ts';

/** A command line: its name, its commands, and how its errors are explained. */
export interface Program {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  /** Declares the commands. Each imports its modules only when it is called. */
  declare(program: Command, exitWith: ExitWith): void;
  /** The error that is printed instead of the one that was thrown. @default - the same */
  explainError?(error: unknown): unknown;
  /** The exit code of a command that ended with an error. */
  exitCodeOf(error: unknown, command: string): number;
  /** The commands that change something, in a stack or on this machine. @default - none */
  readonly actingCommands?: readonly string[];
}

/**
 * Runs one command. `argv` contains the arguments only; without any, the help is printed. Returns the exit code. Reads and writes only through `io`
 * and the given files.
 */
export async function runProgram(program: Program, argv: readonly string[], io: CommandIo): Promise<number> {
  const { name, actingCommands = [] } = program;
  let code: number = EXIT.done;
  let command = '';
  const commands = new Command(name)
    .description(program.description)
    .version(program.version, '-V, --version', 'print the version')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: () => undefined })
    .hook('preAction', (_program, called) => void (command = called.name()));
  program.declare(commands, async (outcome) => void (code = await outcome));
  try {
    if (argv.length === 0) commands.outputHelp();
    else await commands.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    code =
      error instanceof CommanderError
        ? printUsageError(error, name, argv, io)
        : printError(error, { argv, command, program }, io);
  }
  return codeAfterOutput(code, { program: name, command, acts: actingCommands.includes(command) }, io);
}

/** Prints an error on standard error, and with `--json` also as the one document on standard output. */
function printError(
  thrown: unknown,
  called: { readonly argv: readonly string[]; readonly command: string; readonly program: Program },
  io: CommandIo,
): number {
  const { argv, command, program } = called;
  const error = program.explainError?.(thrown) ?? thrown;
  io.err(`${program.name}: ${explain(error)}\n`);
  if (io.env['TASKBOUND_DEBUG'] === '1' && thrown instanceof Error) io.err(`${thrown.stack ?? ''}\n`);
  if (argv.includes('--json')) {
    printJson(io, {
      error: { name: error instanceof Error ? error.name : 'Error', message: explain(error) },
    });
  }
  return program.exitCodeOf(error, command);
}

function printUsageError(
  error: CommanderError,
  name: string,
  argv: readonly string[],
  io: CommandIo,
): number {
  if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version') return EXIT.done;
  const text = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const message = `${text}${/[.?!)]$/.test(text) ? '' : '.'} See ${name} --help.`;
  io.err(`${name}: ${message}\n`);
  if (argv.includes('--json')) printJson(io, { error: { name: 'UsageError', message } });
  return EXIT.usage;
}
