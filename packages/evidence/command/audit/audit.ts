import type { KeyObject } from 'node:crypto';
import type { S3Access } from '../../audit/files/trail-source.ts';
import { Audit } from '../../audit/audit.ts';
import { checkDigests } from '../../audit/trail/digests.ts';
import type { AuditResult } from '../../audit/result.ts';
import { publicKeyList, TrailKeys } from '../../audit/trail/trail-keys.ts';
import type { EvidenceBundle } from '../../chain/evidence.ts';
import { checkBundle } from './check-bundle.ts';
import { readTrail, type TrailContents } from '../../audit/files/read-trail.ts';
import { selectTrailSource } from '../../audit/files/select-trail-source.ts';
import { readBundle } from '../bundle.ts';
import { UsageError } from '../errors.ts';
import { readKeyFile } from '../key-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { CommandIo } from '../io.ts';
import { printJson } from '../print.ts';
import { renderAudit } from './render-audit.ts';
import { readText } from '../read-text.ts';

export interface AuditOptions {
  /** PEM file of the key that the caller trusts. */
  readonly key?: string;
  /** A folder, or `s3://bucket/prefix`. */
  readonly trail: string;
  /** A file with the output of `aws cloudtrail list-public-keys`. */
  readonly trailKeys?: string;
  readonly json?: boolean;
}

const CODES: Readonly<Record<AuditResult['verdict'], ExitCode>> = {
  enforced: EXIT.done,
  violated: EXIT.failed,
  undetermined: EXIT.undetermined,
};

/** Compares a bundle with a trail, and prints the verdict. */
export async function audit(
  bundlePath: string,
  options: AuditOptions,
  io: CommandIo,
  s3Config: S3Access = async () => ({}),
): Promise<number> {
  const bundle = await readBundle(bundlePath, io.cwd);
  const key = options.key === undefined ? undefined : await readKeyFile(options.key, io.cwd);
  const trailKeys = options.trailKeys === undefined ? undefined : await readTrailKeys(options.trailKeys, io);
  const result = await auditBundle(bundle, { key, trailKeys, trail: options.trail, s3Config }, io);
  if (options.json === true) printJson(io, result);
  else io.out(renderAudit(result));
  return CODES[result.verdict];
}

interface AuditSources {
  readonly key: KeyObject | undefined;
  readonly trailKeys: TrailKeys | undefined;
  readonly trail: string;
  /** The S3 client's configuration, for a trail in a bucket. */
  readonly s3Config: S3Access;
}

/**
 * The verdict on a bundle and a trail. Throws `UsageError` or `TrailUnreadable` if one of them cannot be
 * used.
 */
async function auditBundle(
  bundle: EvidenceBundle,
  inputs: AuditSources,
  io: CommandIo,
): Promise<AuditResult> {
  if (bundle.events.length === 0)
    throw new UsageError(
      `The bundle of ${bundle.boundaryId} has no events, so there is nothing to audit. Give the file that run --out wrote.`,
    );
  const audit = new Audit(bundle);
  const { findings } = audit;
  const { fault, gaps } = checkBundle(bundle, inputs.key);
  if (fault !== null) findings.violate('evidence-changed', undefined, `Fault: ${fault}.`);
  for (const gap of gaps) findings.gap(gap);
  const read = await readTrail(await selectTrailSource(inputs.trail, io, inputs.s3Config), audit, io);
  const { digests: files, logs } = read;
  const coverage = checkDigests(
    { files, logs, required: audit.requiredCoverage, keys: inputs.trailKeys },
    findings,
  );
  for (const name of read.invalidDigests) findings.gap('digest-invalid', `${name}.`);
  if (coverage.digests !== 'absent') findUnlisted(read, coverage.listed, audit);
  return audit.finish({ files: read.files, records: read.records, bytes: read.bytes }, coverage);
}

/**
 * A file that no digest lists may have any origin. Its records of the task can show violations, but prove
 * nothing else.
 */
function findUnlisted({ concerned }: TrailContents, listed: ReadonlySet<string>, { findings }: Audit): void {
  for (const name of concerned) if (!listed.has(name)) findings.gap('log-file-unlisted', `${name}.`);
}

async function readTrailKeys(path: string, io: CommandIo): Promise<TrailKeys> {
  const text = await readText(path, io.cwd, 'The list of public keys');
  try {
    return new TrailKeys(publicKeyList.parse(JSON.parse(text)));
  } catch {
    throw new UsageError(
      `--trail-keys ${JSON.stringify(path)} does not contain CloudTrail's public keys; allowed: the JSON that "aws cloudtrail list-public-keys" prints for the time and region of the trail.`,
    );
  }
}
