import { dirname, resolve } from 'node:path';
import { readAudit } from './audit-file.ts';
import { messageOf, UsageError } from '../errors.ts';
import { readKeyFile } from '../key-file.ts';
import { EXIT } from '../exit-codes.ts';
import type { CommandIo } from '../io.ts';
import { printJson } from '../print.ts';
import { reportPage } from '../../report/page.ts';
import { reportSubject, type ReportSubject } from '../../report/subject.ts';
import { verification } from '../../report/verification.ts';
import { readTaskBundle } from '../task-bundle.ts';
import { writeAtomically } from '../write-file.ts';

export interface ReportOptions {
  readonly audit?: string;
  readonly key?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** Writes a bundle's report as one HTML page, next to the bundle or to `--out`, and prints its path. */
export async function report(path: string, options: ReportOptions, io: CommandIo): Promise<number> {
  const bundle = await readTaskBundle(path, io.cwd);
  const audit = options.audit === undefined ? undefined : await readAudit(options.audit, bundle, io.cwd);
  const key = options.key === undefined ? undefined : await readKeyFile(options.key, io.cwd);
  const subject = reportSubject(bundle, verification(bundle, key), audit);
  const bundleFile = resolve(io.cwd, path);
  const reportFile =
    options.out === undefined
      ? resolve(dirname(bundleFile), `${bundle.taskId}.report.html`)
      : resolve(io.cwd, options.out);
  if (reportFile === bundleFile)
    throw new UsageError(`--out ${path} is the bundle itself. Name another file for the page.`);
  await write(reportFile, reportPage(subject));
  if (options.json === true) printJson(io, summaryOf(subject, reportFile));
  else io.out(`${reportFile}\n`);
  return EXIT.done;
}

/** The output of `report --json`. Scripts depend on these fields. */
const summaryOf = (
  { bundle, record, end, verification: { is }, audit }: ReportSubject,
  reportFile: string,
) => ({
  boundaryId: bundle.boundaryId,
  reportFile,
  headHash: bundle.events.at(-1)?.hash ?? null,
  outcome: record.closed?.data.outcome ?? null,
  access: end.kind,
  evidence: is,
  audit: audit?.verdict ?? null,
});

async function write(path: string, page: string): Promise<void> {
  try {
    await writeAtomically(path, page);
  } catch (error) {
    throw new UsageError(
      `The report cannot be written to ${path}: ${messageOf(error)}. Give a file in a writable folder with --out.`,
    );
  }
}
