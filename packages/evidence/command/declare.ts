import type { S3Access } from '../audit/files/trail-source.ts';
import type { Command } from 'commander';
import type { CommandIo } from './io.ts';
import type { ExitWith } from './options.ts';

/**
 * The exit codes 0, 1 and 4 of these commands are statements about the evidence, so a command that could not do its
 * work ends with 2.
 */
export const EVIDENCE_COMMANDS: readonly string[] = ['verify', 'audit', 'report', 'controls'];

/** The commands that read a bundle and need no stack. */
export function declareEvidence(
  program: Command,
  io: CommandIo,
  exitWith: ExitWith,
  s3Config: S3Access = async () => ({}),
): void {
  declareVerify(program, io, exitWith);
  declareAudit(program, io, exitWith, s3Config);
  declareReports(program, io, exitWith);
}

const VERIFYING = `
Get the key once from the operator of the stack, not with each bundle: aws kms get-public-key, or the taskbound.pub.pem
that --out wrote.

Exit code: 0 verified; 1 the bundle is wrong, and the first fault is printed; 2 unreadable or not JSON, or the verdict
could not be written; 4 consistent, but no key was given.`;

function declareVerify(program: Command, io: CommandIo, exitWith: ExitWith): void {
  program
    .command('verify')
    .description("check an evidence bundle's chain and signature, offline")
    .argument('<bundle>', 'the evidence bundle, a JSON file that --out wrote')
    .option(
      '--key <pem>',
      'the PEM file of the public key that you trust; without it, only consistency is checked',
    )
    .option('--json', 'print exactly one JSON document on standard output')
    .addHelpText('after', VERIFYING)
    .action((bundle, options) =>
      exitWith(import('./verify/verify.ts').then(({ verify }) => verify(bundle, options, io))),
    );
}

const AUDITING = `
The audit decides every call of the task's sessions by the session policy at the time of the call. It also compares with
the trail how sessions and secrets were created, who read them, and which calls the worker reported. The trail needs its
digest files, and data events of the resources that the task may use. With --trail-keys, the audit also verifies the
signatures of the digest files.

Exit code: 0 enforced; 1 violated; 4 undetermined, with what is missing; 2 the bundle or trail cannot be used, or the
verdict could not be written.`;

function declareAudit(program: Command, io: CommandIo, exitWith: ExitWith, s3Config: S3Access): void {
  program
    .command('audit')
    .description("compare a task's evidence with CloudTrail: enforced, violated or undetermined, and why")
    .argument('<bundle>', 'the evidence bundle, a JSON file that --out wrote')
    .requiredOption('--trail <place>', "the place of CloudTrail's files: a folder, or s3://bucket/prefix")
    .option(
      '--key <pem>',
      'the PEM file of the public key that you trust; without it, the best verdict is undetermined',
    )
    .option(
      '--trail-keys <file>',
      'the file with the JSON of "aws cloudtrail list-public-keys", to verify the signatures of the digest files',
    )
    .option('--json', 'print exactly one JSON document on standard output')
    .addHelpText('after', AUDITING)
    .action((bundle, options) =>
      exitWith(import('./audit/audit.ts').then(({ audit }) => audit(bundle, options, io, s3Config))),
    );
}

const REPORTING = `
The page needs no network and runs no scripts. The command prints the path of the page. If something is wrong with the
record or with the task, the page shows it.

Exit code: 0 written; 2 the bundle, the audit or the key cannot be used, or the page cannot be written.`;

const CONTROLS = `
The first lines show whether the signature was verified with the given key.

Exit code: 0 done; 2 the bundle or the key cannot be used, or the bundle is not signed with the given key. More in docs/controls.md.`;

function declareReports(program: Command, io: CommandIo, exitWith: ExitWith): void {
  const about = (name: string, what: string): Command =>
    program
      .command(name)
      .description(what)
      .argument('<bundle>', 'the evidence bundle, a JSON file that --out wrote')
      .option('--json', 'print exactly one JSON document on standard output');
  about('report', "write a task's record as one HTML page, for people who review it")
    .option('--audit <file>', 'the file with the output of `audit --json` for this bundle')
    .option('--key <pem>', 'the PEM file of the public key that you trust')
    .option('--out <file>', 'the file to write (default: <taskId>.report.html next to the bundle)')
    .addHelpText('after', REPORTING)
    .action((bundle, options) =>
      exitWith(import('./report/report.ts').then(({ report }) => report(bundle, options, io))),
    );
  about('controls', "show which of a task's events are evidence for the controls of OWASP and NIST")
    .option(
      '--key <pem>',
      'the PEM file of the public key that you trust; without it, only consistency is checked',
    )
    .addHelpText('after', CONTROLS)
    .action((bundle, options) =>
      exitWith(import('./controls/controls.ts').then(({ controls }) => controls(bundle, options, io))),
    );
}
