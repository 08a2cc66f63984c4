/**
 * CloudTrail's chain of digest files: which log files belong to the trail, with which content, from when to when without a hole.
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
import type { Findings } from '../findings.ts';
import type { TrailKeys } from './trail-keys.ts';

/** The time that must be covered, in whole seconds, and where. */
export interface Wanted {
  readonly accountId: string | undefined;
  readonly regions: readonly string[];
  readonly fromSecond: number;
  readonly toSecond: number;
}

/** From when to when a region is covered; null when it is not. */
interface RegionCoverage {
  readonly region: string;
  readonly from: string | null;
  readonly to: string | null;
}

export interface Coverage {
  readonly digests: 'verified' | 'absent' | 'broken';
  readonly signatures: 'verified' | 'not-checked' | 'broken';
  /** Those that were wanted. */
  readonly regions: readonly RegionCoverage[];
  /** Of the files that are listed: those of trails that cover their region as far as it is covered. */
  readonly covering: ReadonlySet<string>;
  /** Names of the files, as they were found, that a digest which counts names with just this content. */
  readonly listed: ReadonlySet<string>;
}

/** Digests of one account, region and trail, one after the other in time, without a hole. */
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
  readonly wanted: Wanted;
  readonly keys: TrailKeys | undefined;
}

/** Checks what is there, and says in gaps what keeps it from being a proof. */
export function checkDigests(check: DigestCheck, findings: Findings): Coverage {
  if (check.files.length === 0) {
    findings.gap('digests-absent');
    const regions = check.wanted.regions.map((region) => ({ region, from: null, to: null }));
    const none = new Set<string>();
    return { digests: 'absent', signatures: 'not-checked', regions, covering: none, listed: none };
  }
  const chains = chainsOf(check, findings);
  const byName = Map.groupBy(check.logs, ({ name }) => baseName(name));
  for (const file of check.files) checkLogs(file, byName, check.wanted, findings);
  const signatures = checkSignatures(chains, check, findings);
  const fullest = check.wanted.regions.map((region) => ({
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

/** Groups and orders the digests; a link that does not fit is a changed trail, a link that is not there a hole. */
function chainsOf({ files, wanted }: DigestCheck, findings: Findings): Chain[] {
  const groups = Map.groupBy(
    files.filter((file) => !isBackfill(file)),
    ({ document }) => `${document.awsAccountId} ${regionOf(document)} ${trailOf(document)}`,
  );
  return [...groups.values()].map((group) => {
    const [first] = group;
    const accountId = first?.document.awsAccountId ?? '';
    const region = first ? regionOf(first.document) : '';
    return { accountId, region, runs: runsOf(group, wanted, findings) };
  });
}

function runsOf(group: readonly DigestFile[], wanted: Wanted, findings: Findings): Run[] {
  const ordered = once(group).sort(
    (left, right) => secondsOf(left.document.digestEndTime) - secondsOf(right.document.digestEndTime),
  );
  const runs: { files: DigestFile[] }[] = [];
  for (const file of ordered) {
    const before = runs.at(-1)?.files.at(-1);
    const link = before === undefined ? 'none' : linkOf(before, file);
    if (link === 'changed') findings.gap('trail-changed', `${file.name} does not follow ${before?.name}.`);
    if (before !== undefined && link === 'none' && isBetween(before, file, wanted))
      findings.gap(
        'digest-missing',
        `Before ${file.name}: ${file.document.previousDigestS3Object ?? 'none is named'}.`,
      );
    if (link === 'follows') runs.at(-1)?.files.push(file);
    else runs.push({ files: [file] });
  }
  return runs;
}

/** A hole before the task or after it says nothing of the task. */
const isBetween = (before: DigestFile, after: DigestFile, { fromSecond, toSecond }: Wanted): boolean =>
  secondsOf(before.document.digestEndTime) <= toSecond &&
  secondsOf(after.document.digestStartTime) >= fromSecond;

/** The same file may be there twice. */
const once = (files: readonly DigestFile[]): DigestFile[] => [
  ...new Map(files.map((file) => [`${file.hash} ${file.document.digestS3Object}`, file])).values(),
];

function linkOf(before: DigestFile, { document }: DigestFile): 'follows' | 'changed' | 'none' {
  const named = document.previousDigestS3Object;
  if (named === null || baseName(named) !== baseName(before.document.digestS3Object)) return 'none';
  if (document.previousDigestHashValue?.toLowerCase() !== before.hash) return 'changed';
  return document.digestStartTime === before.document.digestEndTime ? 'follows' : 'none';
}

/**
 * Each log file that a digest names is there, as it was delivered, and no other file has its name. Only what can hold records of the task
 * must be there.
 */
function checkLogs(
  { name, document }: DigestFile,
  byName: ReadonlyMap<string, readonly LogFile[]>,
  { fromSecond, toSecond }: Wanted,
  findings: Findings,
): void {
  for (const { s3Object, hashValue, oldestEventTime, newestEventTime } of document.logFiles) {
    const found = byName.get(baseName(s3Object)) ?? [];
    for (const file of found)
      if (file.hash !== hashValue.toLowerCase())
        findings.gap('trail-changed', `${file.name} is not what ${name} says.`);
    if (
      found.length === 0 &&
      secondsOf(oldestEventTime ?? document.digestStartTime) <= toSecond &&
      secondsOf(newestEventTime ?? document.digestEndTime) >= fromSecond
    )
      findings.gap('log-file-missing', `${s3Object}.`);
  }
}

/** The next digest of the chain holds a digest's signature; the last one's is only in its object's metadata. */
const signatureOf = ({ files }: Run, index: number): string | undefined =>
  files[index + 1]?.document.previousDigestSignature ?? files[index]?.signature;

function checkSignatures(
  chains: readonly Chain[],
  { keys, wanted }: DigestCheck,
  findings: Findings,
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
      // Regions have keys of their own; those of the task's region must be there.
      if (answer === 'unknown' && signature !== undefined && isOf(chain, wanted))
        findings.gap('trail-key-unknown', `${file.document.digestPublicKeyFingerprint}.`);
    }
  }
  return outcome;
}

const signedFiles = ({ runs }: Chain) =>
  runs.flatMap((run) => run.files.map((file, index) => ({ file, signature: signatureOf(run, index) })));

const isOf = ({ accountId, region }: Chain, wanted: Wanted): boolean =>
  wanted.accountId === accountId && wanted.regions.includes(region);

/** With keys, only what is signed counts; a backfill's signature is nowhere but in its object's metadata. */
function listedIn(chains: readonly Chain[], { files, logs, keys }: DigestCheck): Set<string> {
  const isTrusted = (file: DigestFile, signature: string | undefined): boolean =>
    keys === undefined || keys.check(file, signature) === 'right';
  const chained = chains.flatMap((chain) =>
    signedFiles(chain).flatMap(({ file, signature }) => (isTrusted(file, signature) ? [file] : [])),
  );
  const backfills = files.filter((file) => isBackfill(file) && isTrusted(file, file.signature));
  return namedBy([...chained, ...backfills], logs);
}

/** Files that digests name with just this content. */
function namedBy(digests: readonly DigestFile[], logs: readonly LogFile[]): Set<string> {
  const idOf = (name: string, hash: string): string => `${baseName(name)} ${hash.toLowerCase()}`;
  const ids = new Set(
    digests.flatMap(({ document }) =>
      document.logFiles.map(({ s3Object, hashValue }) => idOf(s3Object, hashValue)),
    ),
  );
  return new Set(logs.flatMap(({ name, hash }) => (ids.has(idOf(name, hash)) ? [name] : [])));
}

/** With keys, only what is signed covers anything. */
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
 * Of the account's trails in a region, those that reach furthest into the task's time; several may reach all of it. One that ends before
 * them proves nothing of the time behind its end.
 */
function fullestRuns(
  chains: readonly Chain[],
  region: string,
  check: DigestCheck,
): (readonly DigestFile[])[] {
  const { accountId, fromSecond, toSecond } = check.wanted;
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
