import { Option, type Command } from 'commander';
import type { Io } from '../io.ts';
import { assertStackTarget, type TargetOptions } from './target.ts';

const STACK = [
  '--stack <name>',
  'the name of the deployed stack (default with AWS_ENDPOINT_URL: TASKBOUND_STACK, which taskbound local prints)',
] as const;
const LOCAL = '--local';
const ASSEMBLY = '--assembly <dir>';

const withJson = (command: Command): Command =>
  command.option('--json', 'print exactly one JSON document on standard output');

/** Adds the option that names the person who acts. */
export const withPerson = (command: Command): Command =>
  command.option(
    '--as <name@role>',
    'act as this person in a role of the stack, by name or ARN, such as alice@Approvers (default in an embedded AWS: yourself in the first role that may)',
  );

/**
 * Adds the options of a command that acts on an existing stack. `--local` and `--assembly` are accepted only to be refused with the next
 * step; help does not show them.
 */
export const withStackOptions = (command: Command): Command =>
  withJson(
    command
      .option(...STACK)
      .addOption(new Option(LOCAL).hideHelp())
      .addOption(new Option(ASSEMBLY).hideHelp()),
  );

/**
 * A command that acts on an existing stack. Without a target it ends before its module is loaded: nothing is synthesized, started or asked.
 * `example`: the command as a person would type it, without a target.
 */
export const withStack = (command: Command, example: string, io: Io): Command =>
  withStackOptions(command).hook('preAction', (_this, called) =>
    assertStackTarget({ example }, called.opts<TargetOptions>(), io.env),
  );

/** Adds the options of a command that can also use a stack which is not deployed. */
export const withAnyStack = (command: Command, local: string): Command =>
  withJson(
    command
      .option(
        '--stack <name>',
        'the name of the deployed stack (default with AWS_ENDPOINT_URL: TASKBOUND_STACK, which taskbound local prints); with --local or --assembly, a stack of the app (default: the one with a TaskBoundary)',
      )
      .option(LOCAL, local)
      .option(
        ASSEMBLY,
        'the folder of a synthesized CDK assembly for a local stack (default: synthesize the app of cdk.json)',
      ),
  );
