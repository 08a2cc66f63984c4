import type { Command } from 'commander';
import { declareEvidence } from 'taskbound-evidence/command/declare';
import type { ExitWith } from 'taskbound-evidence/command/options';
import { runProgram } from 'taskbound-evidence/command/program';
import { ownPackage } from 'taskbound-evidence/command/own-package';
import { declareArchive } from './archive/declare.ts';
import { explainCaller } from '../client/caller/caller-error.ts';
import { declareDecide } from './decide/declare.ts';
import { declareDrain } from './drain/declare.ts';
import { exitCodeOf } from './errors.ts';
import { declareFind } from './find/declare.ts';
import { declareInit } from './init/declare.ts';
import type { Io } from './io.ts';
import { declareList } from './list/declare.ts';
import { declareLocal } from './local/declare.ts';
import { declarePlan } from './plan/declare.ts';
import { declareRevoke } from './revoke/declare.ts';
import { declareRun } from './run/declare.ts';
import { declareShow } from './show/declare.ts';

/**
 * Each command's module is loaded only when the command is called: help and `show BUNDLE` need neither the SDK nor the CDK. The help lists the
 * commands in this order, under these headings.
 */
function declareCommands(program: Command, io: Io, exitWith: ExitWith): void {
  // Only a trail in a bucket needs it: reading evidence needs no SDK.
  const s3Config = async () =>
    (await import('../client/caller/environment-config.ts')).environmentConfig(io.env);
  program.commandsGroup('Start:');
  declareInit(program, io, exitWith);
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

/** The commands that change something, in the stack or on this machine. */
const ACTING_COMMANDS: readonly string[] = ['init', 'run', 'local', 'approve', 'refuse', 'revoke', 'drain'];

/** The command line `taskbound`. `argv` contains the arguments only. Returns the exit code. */
export const main = (argv: readonly string[], io: Io): Promise<number> =>
  runProgram(
    {
      name: 'taskbound',
      description: 'Gives every task its own identity boundary on AWS, and proves that it is gone.',
      version: ownPackage(import.meta.url).version,
      declare: (program, exitWith) => declareCommands(program, io, exitWith),
      explainError: (error) => explainCaller(error, io.env),
      exitCodeOf,
      actingCommands: ACTING_COMMANDS,
    },
    argv,
    io,
  );
