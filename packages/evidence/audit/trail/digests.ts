/**
 * CloudTrail's chain of digest files: which log files belong to the trail, with which content, and which time
 * they cover without a hole.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
import {
  baseName,
  type DigestFile,
  isBackfill,
  type LogFile,
  regionOf,
  secondsOf,
  trailOf,
} from './digest-file.ts';
import type { AuditFindings } from '../findings.ts';
import type { TrailKeys } from './trail-keys.ts';

/** The account, regions and time (whole seconds) that a trail must cover. */
export interface RequiredCoverage {
  readonly accountId: string | undefined;
  readonly regions: readonly string[];
  readonly fromSecond: number;
  readonly toSecond: number;
}

/** The time that is covered in a region. Null if there is none. */
interface RegionCoverage {
  readonly region: string;
  readonly from: string | null;
  readonly to: string | null;
}

export interface Coverage {
  readonly digests: 'verified' | 'absent' | 'broken';
  readonly signatures: 'verified' | 'not-checked' | 'broken';
  /** The required regions. */
  readonly regions: readonly RegionCoverage[];
  /** The listed files of the trails that cover the most time of their region. */
  readonly covering: ReadonlySet<string>;
  /** Names of the files, as they were found, that a valid digest lists with the same content. */
  readonly listed: ReadonlySet<string>;
}

/** Consecutive digests of one account, region and trail, without a hole. */
interface Run {
  readonly files: DigestFile[];
}

interface Chain {
  readonly accountId: string;
  readonly region: string;
  readonly runs: readonly Run[];
}

export interface DigestCheck {
  readonly files: readonly DigestFile[];
  readonly logs: readonly LogFile[];
  readonly required: RequiredCoverage;
  readonly keys: TrailKeys | undefined;
}

/** Checks the digest files, and adds a gap for everything that makes them incomplete or invalid. */
export function checkDigests(check: DigestCheck, findings: AuditFindings): Coverage {
  if (check.files.length === 0) {
    findings.gap('digests-absent');
    const regions = check.required.regions.map((region) => ({ region, from: null, to: null }));
    const none = new Set<string>();
    return { digests: 'absent', signatures: 'not-checked', regions, covering: none, listed: none };
  }
  const chains = chainsOf(check, findings);
  const byName = Map.groupBy(check.logs, ({ name }) => baseName(name));
  for (const file of check.files) checkLogs(file, byName, check.required, findings);
  const signatures = checkSignatures(chains, check, findings);
  const fullest = check.required.regions.map((region) => ({
    region,
    runs: fullestRuns(chains, region, check),
  }));
  return {
    digests: findings.has('trail-changed') ? 'broken' : 'verified',
    signatures,
    regions: fullest.map(({ region, runs: [run] }) => ({
      region,
      from: run?.[0]?.document.digestStartTime ?? null,
      to: run?.at(-1)?.document.digestEndTime ?? null,
    })),
    covering: namedBy(
      fullest.flatMap(({ runs }) => runs.flat()),
      check.logs,
    ),
    listed: listedIn(chains, check),
  };
}

/**
 * Groups and orders the digests. A link that does not match means a changed trail; a missing link means a
 * hole.
 */
function chainsOf({ files, required }: DigestCheck, findings: AuditFindings): Chain[] {
  const groups = Map.groupBy(
    files.filter((file) => !isBackfill(file)),
    ({ document }) => `${document.awsAccountId} ${regionOf(document)} ${trailOf(document)}`,
  );
  return [...groups.values()].map((group) => {
    const [first] = group;
    const accountId = first?.document.awsAccountId ?? '';
    const region = first ? regionOf(first.document) : '';
    return { accountId, region, runs: runsOf(group, required, findings) };
  });
}

function runsOf(group: readonly DigestFile[], required: RequiredCoverage, findings: AuditFindings): Run[] {
  const ordered = withoutDuplicates(group).sort(
    (left, right) => secondsOf(left.document.digestEndTime) - secondsOf(right.document.digestEndTime),
  );
  const runs: { files: DigestFile[] }[] = [];
  for (const file of ordered) {
    const before = runs.at(-1)?.files.at(-1);
    const link = before === undefined ? 'none' : linkOf(before, file);
    if (link === 'changed') findings.gap('trail-changed', `${file.name} does not follow ${before?.name}.`);
    if (before !== undefined && link === 'none' && isHoleInTaskTime(before, file, required))
      findings.gap(
        'digest-missing',
        `Before ${file.name}: ${file.document.previousDigestS3Object ?? 'it names no previous file'}.`,
      );
    if (link === 'follows') runs.at(-1)?.files.push(file);
    else runs.push({ files: [file] });
  }
  return runs;
}

/** A hole before or after the task does not matter. */
const isHoleInTaskTime = (
  before: DigestFile,
  after: DigestFile,
  { fromSecond, toSecond }: RequiredCoverage,
): boolean =>
  secondsOf(before.document.digestEndTime) <= toSecond &&
  secondsOf(after.document.digestStartTime) >= fromSecond;

/** The same file may have been delivered twice. */
const withoutDuplicates = (files: readonly DigestFile[]): DigestFile[] => [
  ...new Map(files.map((file) => [`${file.hash} ${file.document.digestS3Object}`, file])).values(),
];

function linkOf(before: DigestFile, { document }: DigestFile): 'follows' | 'changed' | 'none' {
  const named = document.previousDigestS3Object;
  if (named === null || baseName(named) !== baseName(before.document.digestS3Object)) return 'none';
  if (document.previousDigestHashValue?.toLowerCase() !== before.hash) return 'changed';
  return document.digestStartTime === before.document.digestEndTime ? 'follows' : 'none';
}

/**
 * Checks that each log file that a digest lists exists unchanged, and that no other file has its name. Only
 * files that may contain records of the task must exist.
 */
function checkLogs(
  { name, document }: DigestFile,
  byName: ReadonlyMap<string, readonly LogFile[]>,
  { fromSecond, toSecond }: RequiredCoverage,
  findings: AuditFindings,
): void {
  for (const { s3Object, hashValue, oldestEventTime, newestEventTime } of document.logFiles) {
    const found = byName.get(baseName(s3Object)) ?? [];
    for (const file of found)
      if (file.hash !== hashValue.toLowerCase())
        findings.gap('trail-changed', `${file.name} does not match ${name}.`);
    if (
      found.length === 0 &&
      secondsOf(oldestEventTime ?? document.digestStartTime) <= toSecond &&
      secondsOf(newestEventTime ?? document.digestEndTime) >= fromSecond
    )
      findings.gap('log-file-missing', `${s3Object}.`);
  }
}

/**
 * The next digest of the chain contains a digest's signature. The last digest's signature is only in its
 * object's metadata.
 */
const signatureOf = ({ files }: Run, index: number): string | undefined =>
  files[index + 1]?.document.previousDigestSignature ?? files[index]?.signature;

function checkSignatures(
  chains: readonly Chain[],
  { keys, required }: DigestCheck,
  findings: AuditFindings,
): Coverage['signatures'] {
  if (keys === undefined) return 'not-checked';
  let outcome: Coverage['signatures'] = 'not-checked';
  for (const chain of chains) {
    for (const { file, signature } of signedFiles(chain)) {
      const answer = keys.check(file, signature);
      if (answer === 'right' && outcome === 'not-checked') outcome = 'verified';
      if (answer === 'wrong') {
        outcome = 'broken';
        findings.gap('trail-changed', `${file.name} does not have CloudTrail's signature.`);
      }
      // Each region has its own keys. The keys of the task's regions are required.
      if (answer === 'unknown' && signature !== undefined && isRequired(chain, required))
        findings.gap('trail-key-unknown', `${file.document.digestPublicKeyFingerprint}.`);
    }
  }
  return outcome;
}

const signedFiles = ({ runs }: Chain) =>
  runs.flatMap((run) => run.files.map((file, index) => ({ file, signature: signatureOf(run, index) })));

const isRequired = ({ accountId, region }: Chain, required: RequiredCoverage): boolean =>
  required.accountId === accountId && required.regions.includes(region);

/** With keys, only signed digests count. A backfill digest's signature is only in its object's metadata. */
function listedIn(chains: readonly Chain[], { files, logs, keys }: DigestCheck): Set<string> {
  const isTrusted = (file: DigestFile, signature: string | undefined): boolean =>
    keys === undefined || keys.check(file, signature) === 'right';
  const chained = chains.flatMap((chain) =>
    signedFiles(chain).flatMap(({ file, signature }) => (isTrusted(file, signature) ? [file] : [])),
  );
  const backfills = files.filter((file) => isBackfill(file) && isTrusted(file, file.signature));
  return namedBy([...chained, ...backfills], logs);
}

/** Log files that the digests list with the same content. */
function namedBy(digests: readonly DigestFile[], logs: readonly LogFile[]): Set<string> {
  const idOf = (name: string, hash: string): string => `${baseName(name)} ${hash.toLowerCase()}`;
  const ids = new Set(
    digests.flatMap(({ document }) =>
      document.logFiles.map(({ s3Object, hashValue }) => idOf(s3Object, hashValue)),
    ),
  );
  return new Set(logs.flatMap(({ name, hash }) => (ids.has(idOf(name, hash)) ? [name] : [])));
}

/** With keys, only signed digests cover time. */
function signedPart(run: Run, { keys }: DigestCheck): readonly DigestFile[] {
  if (keys === undefined) return run.files;
  const isSigned = (file: DigestFile, index: number): boolean =>
    keys.check(file, signatureOf(run, index)) === 'right';
  const first = run.files.findIndex(isSigned);
  if (first < 0) return [];
  const end = run.files.findIndex((file, index) => index > first && !isSigned(file, index));
  return run.files.slice(first, end < 0 ? undefined : end);
}

/**
 * The runs of the account's trails in a region that cover the most of the required time. Several may cover
 * all of it. A run that ends earlier proves nothing about the time after its end.
 */
function fullestRuns(
  chains: readonly Chain[],
  region: string,
  check: DigestCheck,
): (readonly DigestFile[])[] {
  const { accountId, fromSecond, toSecond } = check.required;
  const own = chains.filter((chain) => chain.region === region && chain.accountId === accountId);
  const parts = own.flatMap(({ runs }) => runs.map((run) => signedPart(run, check)));
  const covered = parts.flatMap((files) => {
    const [first, last] = [files[0], files.at(-1)];
    if (first === undefined || last === undefined) return [];
    const from = Math.max(secondsOf(first.document.digestStartTime), fromSecond);
    return [{ files, seconds: Math.min(secondsOf(last.document.digestEndTime), toSecond) - from }];
  });
  const most = Math.max(...covered.map(({ seconds }) => seconds));
  return covered.flatMap(({ files, seconds }) => (seconds === most ? [files] : []));
}
