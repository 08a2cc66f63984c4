import { enableCompileCache } from 'node:module';
import { declareEvidence } from '../command/declare.ts';
import { EXIT } from '../command/exit-codes.ts';
import { Output } from '../command/output.ts';
import { runProgram } from '../command/program.ts';
import { systemClock } from '../command/system-clock.ts';
import { ownPackage } from '../command/own-package.ts';

enableCompileCache();
const output = new Output(process.stdout);
// Progress that nobody can read any more does not end a command.
process.stderr.on('error', () => undefined);
const io = {
  out: (text: string) => output.write(text),
  outFailure: () => output.failure(),
  err: (text: string) => void process.stderr.write(text),
  env: process.env,
  cwd: process.cwd(),
  clock: systemClock,
};
process.exitCode = await runProgram(
  {
    name: 'taskbound-evidence',
    description: 'Verifies, audits and reports the evidence of Taskbound tasks, without an account.',
    version: ownPackage(import.meta.url).version,
    declare: (program, exitWith) => declareEvidence(program, io, exitWith),
    // 0, 1 and 4 are statements about the evidence.
    exitCodeOf: () => EXIT.usage,
  },
  process.argv.slice(2),
  io,
);
