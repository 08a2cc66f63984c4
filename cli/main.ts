import { Command, CommanderError } from 'commander';
import { declareEvidence } from 'taskbound-evidence/command/declare';
import type { EndCommand } from 'taskbound-evidence/command/options';
import { declarePeople } from './declare/people.ts';
import { declareDrain, declareLooking } from './declare/stack.ts';
import { declareTasks } from './declare/tasks.ts';
import { exitCodeOf } from './errors.ts';
import { explain } from 'taskbound-evidence/command/errors';
import { EXIT } from 'taskbound-evidence/command/exit-codes';
import type { Io } from './io.ts';
import { printJson } from 'taskbound-evidence/command/print';

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
  const ends: EndCommand = async (outcome) => void (code = await outcome);
  // Loaded only for a trail in a bucket: reading evidence needs no SDK.
  const s3Config = async () => (await import('./connection/connection.ts')).environmentConfig(io.env);
  declareTasks(program, io, ends);
  declareLooking(program, io, ends);
  declareEvidence(program, io, ends, s3Config);
  declarePeople(program, io, ends);
  declareDrain(program, io, ends);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return error instanceof CommanderError ? reportUsage(error, argv, io) : report(error, argv, io);
  }
}
