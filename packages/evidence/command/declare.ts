import type { S3Access } from '../audit/files/trail-source.ts';
import type { Command } from 'commander';
import type { CommandIo } from './io.ts';
import type { Ends } from './options.ts';

/** What a bundle shows, without any stack. */
export function declareEvidence(
  program: Command,
  io: CommandIo,
  ends: Ends,
  s3Config: S3Access = async () => ({}),
): void {
  declareVerify(program, io, ends);
  declareAudit(program, io, ends, s3Config);
  declareReports(program, io, ends);
}

const VERIFYING = `
Get the key once from whoever runs the stack, not with each bundle: aws kms get-public-key, or the taskbound.pub.pem
that --out wrote.

Exit code: 0 verified; 1 something is wrong with the bundle, and the first thing is named; 2 unreadable or not JSON;
4 consistent, but no key was pinned.`;

function declareVerify(program: Command, io: CommandIo, ends: Ends): void {
  program
    .command('verify')
    .description("check an evidence bundle's chain and signature, offline")
    .argument('<bundle>', 'the bundle, a file that --out wrote')
    .option('--key <pem>', 'the public key that you trust; without it, only consistency can be told')
    .option('--json', 'print exactly one JSON document on standard output')
    .addHelpText('after', VERIFYING)
    .action((bundle, options) =>
      ends(import('./verify/verify.ts').then(({ verify }) => verify(bundle, options, io))),
    );
}

const AUDITING = `
Every call of the task's sessions is decided against their exact policies for its own time; how sessions and secrets came
about, who read them, and what the worker says it did are held against the trail as well. The trail needs data events of
what the task may use, and its digest files. With --trail-keys the digests' signatures are checked, too.

Exit code: 0 enforced; 1 violated; 4 undetermined: it says what is missing; 2 a bundle or trail that cannot be used.`;

function declareAudit(program: Command, io: CommandIo, ends: Ends, s3Config: S3Access): void {
  program
    .command('audit')
    .description("hold a task's evidence against CloudTrail: enforced, violated or undetermined, and why")
    .argument('<bundle>', 'the evidence bundle, a JSON file')
    .requiredOption('--trail <place>', "CloudTrail's files: a folder, or s3://bucket/prefix")
    .option('--key <pem>', 'the public key that you trust; without it the best verdict is undetermined')
    .option(
      '--trail-keys <file>',
      'the JSON of "aws cloudtrail list-public-keys", to check the digest files\' signatures',
    )
    .option('--json', 'print exactly one JSON document on standard output')
    .addHelpText('after', AUDITING)
    .action((bundle, options) =>
      ends(import('./audit/audit.ts').then(({ audit }) => audit(bundle, options, io, s3Config))),
    );
}

const REPORTING = `
The page needs no network and runs no script. It is written beside the bundle as <taskId>.report.html, unless --out
says otherwise; its path is printed. What is wrong with the record or with the task stands in the page.

Exit code: 0 written; 2 the bundle, the audit or the key cannot be used, or the page cannot be written.`;

function declareReports(program: Command, io: CommandIo, ends: Ends): void {
  const about = (name: string, what: string): Command =>
    program
      .command(name)
      .description(what)
      .argument('<bundle>', 'an evidence bundle, a JSON file')
      .option('--json', 'print exactly one JSON document on standard output');
  about('report', "write a task's record as one HTML page, for people who review it")
    .option('--audit <file>', 'what `audit --json` printed about this bundle')
    .option('--key <pem>', 'the public key that you trust, in PEM form')
    .option('--out <file>', 'where to write the page')
    .addHelpText('after', REPORTING)
    .action((bundle, options) =>
      ends(import('./report/report.ts').then(({ report }) => report(bundle, options, io))),
    );
  about('controls', "show which of a task's events are evidence for which control of OWASP and NIST")
    .addHelpText('after', '\nExit code: 0 done; 2 the bundle cannot be used. More in docs/controls.md.')
    .action((bundle, options) =>
      ends(import('./controls/controls.ts').then(({ controls }) => controls(bundle, options, io))),
    );
}
