import { makeBundle } from 'taskbound-evidence/chain/bundle';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { FolderSource } from '../../../packages/evidence/audit/files/folder-source.ts';
import { readTrail } from '../../../packages/evidence/audit/files/read-trail.ts';
import { Audit } from '../../../packages/evidence/audit/audit.ts';
import type { DigestFile, LogFile } from '../../../packages/evidence/audit/trail/digest-file.ts';
import {
  checkDigests,
  type DigestCheck,
  type RequiredCoverage,
} from '../../../packages/evidence/audit/trail/digests.ts';
import { AuditFindings } from '../../../packages/evidence/audit/findings.ts';
import { publicKeyList, TrailKeys } from '../../../packages/evidence/audit/trail/trail-keys.ts';
import type { TrailRecord } from 'taskbound-local/trail/trail';
import { PUBLIC_KEYS_FILE, writeTrailFiles } from 'taskbound-local/trail/trail-files';
import { goodEvents, recordingIo, temporaryFolder, T0, BOUNDARY } from '../../cli/support.ts';
import {} from '../../evidence/audit/support.ts';

const MINUTE_MS = 60_000;
const recordAt = (ms: number): TrailRecord =>
  ({
    eventID: `event-${ms}`,
    eventTime: new Date(ms).toISOString().replace('.000Z', 'Z'),
    eventSource: 's3.amazonaws.com',
    eventName: 'GetObject',
  }) as TrailRecord;
/** One call every ten minutes, for two and a half hours. */
const RECORDS = Array.from({ length: 16 }, (_, index) => recordAt(T0 + index * 10 * MINUTE_MS));
const END = T0 + 155 * MINUTE_MS;

interface Written {
  readonly files: readonly DigestFile[];
  readonly logs: readonly LogFile[];
  readonly keys: TrailKeys;
}
let written: Written;
beforeAll(async () => {
  // Not `temporaryFolder`: it lives as long as one test.
  const folder = await mkdtemp(join(tmpdir(), 'taskbound-test-'));
  written = await writtenTo(folder);
  await rm(folder, { recursive: true });
});

async function writtenTo(folder: string): Promise<Written> {
  await writeTrailFiles(folder, RECORDS, END);
  const audit = new Audit(makeBundle(BOUNDARY, goodEvents()));
  const read = await readTrail(new FolderSource(folder, '/'), audit, recordingIo('/').io);
  expect([read.files, read.records]).toEqual([16, 16]);
  const list: unknown = JSON.parse(await readFile(join(folder, PUBLIC_KEYS_FILE), 'utf8'));
  return { files: read.digests, logs: read.logs, keys: new TrailKeys(publicKeyList.parse(list)) };
}

test('a trail replaces an earlier one, because the records of two embedded AWS would look like those of one account', async () => {
  const folder = await temporaryFolder();
  await writeTrailFiles(folder, RECORDS, END);
  const later = T0 + 24 * 60 * MINUTE_MS;
  await writeTrailFiles(folder, [recordAt(later)], later + 10 * MINUTE_MS);
  const audit = new Audit(makeBundle(BOUNDARY, goodEvents()));
  const read = await readTrail(new FolderSource(folder, '/'), audit, recordingIo('/').io);
  expect(read.records).toBe(1);
});

const seconds = (ms: number): number => ms / 1000;
const WANTED: RequiredCoverage = {
  accountId: '111122223333',
  regions: ['eu-central-1'],
  fromSecond: seconds(T0),
  toSecond: seconds(END - MINUTE_MS),
};

function checked(
  change: Partial<Omit<DigestCheck, 'keys'>> & { readonly keys?: TrailKeys | undefined } = {},
) {
  const findings = new AuditFindings();
  const coverage = checkDigests({ ...written, required: WANTED, ...change }, findings);
  const { digests, signatures, regions } = coverage;
  const { from, to } = regions[0] ?? { from: null, to: null };
  return { digests, signatures, from, to, gaps: findings.gaps().map(({ rule }) => rule) };
}
/** The digests in the order of their time. */
const ordered = (): DigestFile[] =>
  written.files.toSorted((left, right) =>
    left.document.digestEndTime.localeCompare(right.document.digestEndTime),
  );

describe('the local trail has digests as CloudTrail writes them', () => {
  test('with valid hashes and signatures; the last one has no signature', () => {
    expect(ordered().map(({ document }) => document.logFiles.length)).toEqual([6, 6, 4, 0]);
    expect(checked()).toEqual({
      digests: 'verified',
      signatures: 'verified',
      from: '2026-11-23T10:00:00Z',
      to: '2026-11-23T12:34:00Z',
      gaps: [],
    });
  });

  test('without keys only the hashes are checked, and the last digest counts', () => {
    expect(checked({ keys: undefined })).toMatchObject({
      signatures: 'not-checked',
      to: '2026-11-23T12:35:00Z',
    });
  });

  test('the order in which the files were found does not matter', () => {
    expect(checked({ files: ordered().reverse() })).toEqual(checked({ files: ordered() }));
    expect(checked({ files: [...ordered(), ...ordered()] })).toEqual(checked());
  });
});

describe('changed and missing files are found', () => {
  const logNamed = (digest: number, log = 0): string =>
    ordered()[digest]?.document.logFiles[log]?.s3Object.split('/').at(-1) ?? '';
  const isNamed =
    (base: string) =>
    ({ name }: LogFile): boolean =>
      name.endsWith(base);

  test('a changed log file', () => {
    const logs = written.logs.map((file) =>
      isNamed(logNamed(1))(file) ? { ...file, hash: '0'.repeat(64) } : file,
    );
    expect(checked({ logs })).toMatchObject({ digests: 'broken', gaps: ['trail-changed'] });
  });

  test('a file with the name of a log file and other content, elsewhere', () => {
    const copy = { name: `copy/${logNamed(1)}`, hash: '0'.repeat(64) };
    expect(checked({ logs: [...written.logs, copy] })).toMatchObject({ gaps: ['trail-changed'] });
    const { listed } = checkDigests(
      { ...written, logs: [...written.logs, copy], required: WANTED },
      new AuditFindings(),
    );
    expect([listed.size, listed.has(copy.name)]).toEqual([written.logs.length, false]);
  });

  test('a missing log file, but not outside the time of the task', () => {
    const missing = { logs: written.logs.filter((file) => !isNamed(logNamed(1))(file)) };
    expect(checked(missing)).toMatchObject({ digests: 'verified', gaps: ['log-file-missing'] });
    const early = { ...WANTED, toSecond: seconds(T0 + 20 * MINUTE_MS) };
    expect(checked({ ...missing, required: early }).gaps).toEqual([]);
  });

  test('a changed digest file', () => {
    const files = ordered().map((file, index) => (index === 1 ? { ...file, hash: '0'.repeat(64) } : file));
    expect(checked({ files, keys: undefined })).toMatchObject({ digests: 'broken', gaps: ['trail-changed'] });
  });

  test('a missing digest file: the trail covers only one side of the gap', () => {
    const files = ordered().toSpliced(1, 1);
    expect(checked({ files, keys: undefined })).toMatchObject({
      gaps: ['digest-missing'],
      from: '2026-11-23T10:00:00Z',
      to: '2026-11-23T11:00:00Z',
    });
    const early = { ...WANTED, toSecond: seconds(T0 + 20 * MINUTE_MS) };
    expect(checked({ files, keys: undefined, required: early }).gaps).toEqual([]);
  });

  test('no digest file at all', () => {
    expect(checked({ files: [] })).toEqual({
      digests: 'absent',
      signatures: 'not-checked',
      from: null,
      to: null,
      gaps: ['digests-absent'],
    });
  });

  test('digests of another region or account cover nothing', () => {
    expect(checked({ required: { ...WANTED, regions: ['us-east-1'] } })).toMatchObject({
      from: null,
      to: null,
    });
    expect(checked({ required: { ...WANTED, accountId: '444455556666' } })).toMatchObject({
      from: null,
      to: null,
    });
  });

  test("a rewritten chain does not have CloudTrail's signatures", () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const Fingerprint = written.files[0]?.document.digestPublicKeyFingerprint ?? '';
    const Value = publicKey.export({ type: 'pkcs1', format: 'der' }).toString('base64');
    const keys = new TrailKeys({ PublicKeyList: [{ Value, Fingerprint }] });
    expect(checked({ keys })).toMatchObject({
      digests: 'broken',
      signatures: 'broken',
      gaps: ['trail-changed'],
    });
    const others = new TrailKeys({ PublicKeyList: [{ Value, Fingerprint: 'another' }] });
    expect(checked({ keys: others })).toMatchObject({ from: null, to: null });
  });

  test("the last digest's own signature, from its object's metadata, is checked as well", () => {
    const files = ordered().map((file, index) =>
      index === 3 ? { ...file, signature: 'ab'.repeat(256) } : file,
    );
    expect(checked({ files })).toMatchObject({ signatures: 'broken' });
  });

  test('a folder with two trails has two chains', async () => {
    const { files, logs } = await writtenTo(await temporaryFolder());
    const both = { files: [...written.files, ...files], logs: [...written.logs, ...logs] };
    expect(checked({ ...both, keys: undefined })).toMatchObject({ digests: 'verified', gaps: [] });
  });

  test('of two trails, the one that ends early covers nothing, but its files are listed', () => {
    const [first] = ordered();
    const extra = { name: 'more/extra.json.gz', hash: 'ab'.repeat(32) };
    const named = first?.document.logFiles[0];
    if (first === undefined || named === undefined) throw new Error('There is no digest with a log file.');
    const digestS3Object = first.document.digestS3Object.replace('_local-', '_another-');
    const logFiles = [{ ...named, s3Object: 'more/extra.json.gz', hashValue: extra.hash }];
    const short = { ...first, name: 'short', document: { ...first.document, digestS3Object, logFiles } };
    const coverage = checkDigests(
      {
        files: [...ordered(), short],
        logs: [...written.logs, extra],
        required: WANTED,
        keys: undefined,
      },
      new AuditFindings(),
    );
    expect(coverage.regions).toMatchObject([{ to: '2026-11-23T12:35:00Z' }]);
    expect([coverage.covering.size, coverage.covering.has(extra.name)]).toEqual([written.logs.length, false]);
    expect(coverage.listed.has(extra.name)).toBe(true);
  });
});
