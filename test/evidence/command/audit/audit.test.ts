import { cp, mkdir, mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { auditResult, type AuditResult } from 'taskbound-evidence/audit/result';
import type { EvidenceBundle } from 'taskbound-evidence/chain/evidence';
import { EmbeddedAws } from 'taskbound-local/embedded-aws';
import { SystemClock } from 'taskbound-local/clock/system-clock';
import { digestFilesIn, logFilesIn, recordsIn, signFile, writeRecords } from '../audit-support.ts';
import { call, fileIn, temporaryFolder, type Called } from '../../../cli/support.ts';

/** The folder of one real run, with its signed evidence and the trail that `run --trail` wrote. */
let runFolder: string;
beforeAll(async () => {
  runFolder = await mkdtemp(join(tmpdir(), 'taskbound-test-'));
  await fileIn(runFolder, 'request.json', {
    type: 'object-transfer',
    taskId: 'audited',
    reason: 'test',
    parameters: { sourceKey: 'exports/2026-11-23.csv', destinationKey: 'in/a.csv' },
  });
  const seed = new URL('../../../../sample/seed', import.meta.url).pathname;
  const assembly = inject('assemblies').sample;
  const args = ['--local', '--assembly', assembly, '--seed', seed, '--trail', 'trail', '--out', '.'];
  const ran = await call(runFolder, ['run', 'request.json', ...args, '--json']);
  expect([ran.code, Object.keys(JSON.parse(ran.stdout)).length], ran.stderr).toEqual([0, 9]);
  await signFile(runFolder, 'audited.evidence.json');
}, 60_000);
afterAll(() => rm(runFolder, { recursive: true, force: true }));

/** Copies the run to a folder that a test may change. */
async function copyRun(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(runFolder, folder, { recursive: true });
  return folder;
}

const KEY = ['--key', 'key.pem'];
const audit = (folder: string, ...more: string[]): Promise<Called> =>
  call(folder, ['audit', 'audited.evidence.json', '--trail', 'trail', ...more]);

async function verdictOf(folder: string, ...more: string[]): Promise<{ code: number; result: AuditResult }> {
  const { code, stdout, stderr } = await audit(folder, '--json', ...more);
  expect(stderr).toBe('');
  return { code, result: auditResult.parse(JSON.parse(stdout)) };
}
const rulesOf = ({ code, result }: { code: number; result: AuditResult }) => ({
  code,
  verdict: result.verdict,
  violations: result.violations.map(({ rule }) => rule),
  gaps: result.gaps.map(({ rule }) => rule),
});

describe('taskbound audit', () => {
  test('the verdict on a correct run is enforced, with and without the keys of the trail', async () => {
    const enforced = { code: 0, verdict: 'enforced', violations: [], gaps: [] };
    const plain = await verdictOf(runFolder, ...KEY);
    expect(rulesOf(plain)).toEqual(enforced);
    expect(plain.result.trail).toMatchObject({ digests: 'verified', signatures: 'not-checked' });
    const signed = await verdictOf(runFolder, ...KEY, '--trail-keys', 'trail/public-keys.json');
    expect(rulesOf(signed)).toEqual(enforced);
    expect(signed.result.trail).toMatchObject({ digests: 'verified', signatures: 'verified' });
  });

  test('the text starts with the verdict and ends with the period that the trail covers', async () => {
    const { code, stdout } = await audit(runFolder, ...KEY);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^object-transfer\.audited: enforced\nevery call of the task /);
    expect(stdout).toMatch(/\n {5}3 {2}inside, but refused\n/);
    expect(stdout).toMatch(/covers 20\d\d-.*digest files: verified; their signatures were not checked/s);
  });

  test('without a key or without a signature, the verdict is undetermined', async () => {
    expect(rulesOf(await verdictOf(runFolder))).toMatchObject({ code: 4, gaps: ['key-not-pinned'] });
    const folder = await copyRun();
    const bundle = JSON.parse(
      await readFile(join(folder, 'audited.evidence.json'), 'utf8'),
    ) as EvidenceBundle;
    const events = bundle.events.slice(0, -1);
    const open = { ...bundle, events, envelope: null, publicKey: null };
    await fileIn(folder, 'audited.evidence.json', open);
    expect(rulesOf(await verdictOf(folder, ...KEY))).toMatchObject({
      code: 4,
      gaps: ['unsigned', 'not-closed'],
    });
  });

  test('a missing envelope of a closed boundary is a violation', async () => {
    const folder = await copyRun();
    const bundle = JSON.parse(
      await readFile(join(folder, 'audited.evidence.json'), 'utf8'),
    ) as EvidenceBundle;
    await fileIn(folder, 'audited.evidence.json', { ...bundle, envelope: null, publicKey: null });
    expect(rulesOf(await verdictOf(folder, ...KEY))).toMatchObject({
      code: 1,
      violations: ['evidence-changed'],
    });
  });

  test('evidence that was changed, or signed with another key, is a violation', async () => {
    const folder = await copyRun();
    const bundle = JSON.parse(
      await readFile(join(folder, 'audited.evidence.json'), 'utf8'),
    ) as EvidenceBundle;
    const [first, ...rest] = bundle.events;
    await fileIn(folder, 'audited.evidence.json', {
      ...bundle,
      events: [{ ...first, actor: 'mallory' }, ...rest],
    });
    expect(rulesOf(await verdictOf(folder, ...KEY))).toMatchObject({
      code: 1,
      violations: ['evidence-changed'],
    });
    const other = await copyRun();
    await signFile(other, 'audited.evidence.json');
    await cp(join(runFolder, 'key.pem'), join(other, 'key.pem'));
    expect(rulesOf(await verdictOf(other, ...KEY))).toMatchObject({
      code: 1,
      violations: ['evidence-changed'],
    });
  });
});

describe('the trail itself is checked', () => {
  const trailOf = (folder: string) => join(folder, 'trail');

  test('the digest shows that a record was removed from a log file', async () => {
    const folder = await copyRun();
    const [name = ''] = await logFilesIn(trailOf(folder));
    const path = join(trailOf(folder), name);
    await writeRecords(path, (await recordsIn(path)).slice(1));
    const found = await verdictOf(folder, ...KEY);
    expect(rulesOf(found).gaps).toContain('trail-changed');
    expect(found.result.verdict).not.toBe('enforced');
    expect(found.result.trail.digests).toBe('broken');
  });

  test('a missing log file is a gap, not a violation', async () => {
    const folder = await copyRun();
    const [name = ''] = await logFilesIn(trailOf(folder));
    await unlink(join(trailOf(folder), name));
    const found = rulesOf(await verdictOf(folder, ...KEY));
    // The file's records are missing too. A missing record is not a violation when the trail is incomplete.
    expect([found.code, found.violations]).toEqual([4, []]);
    expect(found.gaps).toContain('log-file-missing');
  });

  test('without digest files, the verdict is undetermined', async () => {
    const folder = await copyRun();
    for (const name of await digestFilesIn(trailOf(folder))) await unlink(join(trailOf(folder), name));
    expect(rulesOf(await verdictOf(folder, ...KEY))).toEqual({
      code: 4,
      verdict: 'undetermined',
      violations: [],
      gaps: ['digests-absent'],
    });
  });

  test('a trail whose first digest starts after the task is a gap', async () => {
    const folder = await copyRun();
    const digests = await digestFilesIn(trailOf(folder));
    // Only the last digest remains. It covers a short time after the task.
    await unlink(join(trailOf(folder), digests[0] ?? ''));
    expect(rulesOf(await verdictOf(folder, ...KEY)).gaps).toContain('starts-late');
  });

  test('a log file that no digest lists is a gap', async () => {
    const folder = await copyRun();
    const [name = ''] = await logFilesIn(trailOf(folder));
    const records = await recordsIn(join(trailOf(folder), name));
    await writeRecords(join(trailOf(folder), 'more.json.gz'), records);
    expect(rulesOf(await verdictOf(folder, ...KEY))).toMatchObject({ code: 4, gaps: ['log-file-unlisted'] });
  });

  test('a forged file with the name of a real log file is a gap', async () => {
    const folder = await copyRun();
    const [name = ''] = await logFilesIn(trailOf(folder));
    const records = await recordsIn(join(trailOf(folder), name));
    await mkdir(join(trailOf(folder), 'copy'));
    await writeRecords(join(trailOf(folder), 'copy', basename(name)), records.slice(1));
    expect(rulesOf(await verdictOf(folder, ...KEY))).toMatchObject({
      code: 4,
      gaps: ['trail-changed', 'log-file-unlisted'],
    });
  });

  test('keys of another trail are a gap', async () => {
    const folder = await copyRun();
    const list = JSON.parse(await readFile(join(folder, 'trail/public-keys.json'), 'utf8'));
    list.PublicKeyList[0].Fingerprint = 'another';
    await fileIn(folder, 'others.json', list);
    const found = await verdictOf(folder, ...KEY, '--trail-keys', 'others.json');
    expect(rulesOf(found)).toMatchObject({ code: 4 });
    expect(rulesOf(found).gaps).toEqual(expect.arrayContaining(['trail-key-unknown']));
  });

  test('the verdict does not depend on which file contains a record', async () => {
    const auditInParts = async (parts: number): Promise<unknown> => {
      const folder = await copyRun();
      const names = await logFilesIn(trailOf(folder));
      const all = (await Promise.all(names.map((name) => recordsIn(join(trailOf(folder), name))))).flat();
      await rm(trailOf(folder), { recursive: true });
      await cp(join(runFolder, 'trail/public-keys.json'), join(trailOf(folder), 'public-keys.json'));
      for (let part = 0; part < parts; part += 1)
        await writeRecords(
          join(trailOf(folder), `${part}.json.gz`),
          all.filter((_, index) => (index * 7) % parts === part).reverse(),
        );
      const { violations, gaps, calls, attempts, verdict } = (await verdictOf(folder, ...KEY)).result;
      return { violations, gaps, calls, attempts, verdict };
    };
    expect(await auditInParts(5)).toEqual(await auditInParts(1));
  });
});

describe('invalid input: one message and exit code 2', () => {
  const withFile = async (name: string, content: string | Uint8Array): Promise<Called> => {
    const folder = await copyRun();
    await writeFile(join(folder, 'trail', name), content);
    return audit(folder, ...KEY);
  };
  const record = {
    eventID: 'e',
    eventTime: '2026-11-23T10:00:00Z',
    eventSource: 's3.amazonaws.com',
    eventName: 'GetObject',
  };
  const manyBytes = JSON.stringify({ Records: [{ ...record, long: 'x'.repeat(5 * 1024 * 1024) }] });

  test.each<readonly [string, string, string | Uint8Array, RegExp]>([
    [
      'a truncated gzip file',
      'z.json.gz',
      gzipSync(JSON.stringify({ Records: [record] })).subarray(0, 60),
      /z\.json\.gz cannot be read completely/,
    ],
    ['text that is not JSON', 'z.json', '{"Records":[{"a":}]}', /z\.json is not valid JSON/],
    ['truncated JSON', 'z.json', '{"Records":[', /z\.json is not valid JSON/],
    [
      'text after the end of the JSON',
      'z.json',
      '{"Records":[]} {"Records":[]}',
      /z\.json is not valid JSON/,
    ],
    [
      'JSON without Records',
      'z.json',
      '{"rows":[1]}',
      /z\.json is not a CloudTrail file: it must contain \{"Records"/,
    ],
    ['records that are not a list', 'z.json', '{"Records":{"a":{}}}', /z\.json is not a CloudTrail file/],
    [
      'records without required fields',
      'z.json',
      '{"Records":[{"eventID":1}]}',
      /Record 1 of the trail's file z\.json is not a CloudTrail record/,
    ],
    ['an empty file', 'z.json', '', /z\.json is not valid JSON/],
    [
      'a file that is not a CloudTrail file',
      'notes.txt',
      'hello',
      /notes\.txt is not a CloudTrail file: their names end in/,
    ],
    ['a record that is too long', 'z.json', manyBytes, /more than 4194304 bytes without a complete record/],
  ])('%s', async (_what, name, content, message) => {
    const { code, stdout, stderr } = await withFile(name, content);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  test('white space, any order of fields, uncompressed files and files without records are allowed', async () => {
    const folder = await copyRun();
    const spaced = `\n { "more" : {"a":[1,{"Records":[{}]}]},\n "Records" : [ ${JSON.stringify(record)} ] } \n`;
    await writeFile(join(folder, 'trail/spaced.json'), spaced);
    await writeFile(join(folder, 'trail/plain.json.gz'), '{"Records":[]}');
    const before = (await verdictOf(runFolder, ...KEY)).result.trail.records;
    const { code, result } = await verdictOf(folder, ...KEY);
    expect([code, result.trail.records]).toEqual([0, before + 1]);
  });

  test('locations, keys and bundles that do not exist or have the wrong format', async () => {
    const folder = await copyRun();
    await fileIn(folder, 'empty.json', {
      version: 1,
      boundaryId: 'a.bc',
      taskId: 'bc',
      events: [],
      envelope: null,
      publicKey: null,
    });
    const runAudit = (...argv: string[]) => call(folder, ['audit', ...argv]);
    const bundle = 'audited.evidence.json';
    for (const [argv, message] of [
      [[bundle, '--trail', 'nowhere'], /The trail "nowhere" cannot be read/],
      [[bundle, '--trail', 's3://'], /allowed: s3:\/\/bucket\/prefix/],
      [[bundle], /required option '--trail/],
      [['nothing.json', '--trail', 'trail'], /"nothing.json" cannot be read/],
      [['request.json', '--trail', 'trail'], /is not an evidence bundle/],
      [['empty.json', '--trail', 'trail'], /has no events/],
      [[bundle, '--trail', 'trail', '--key', 'request.json'], /no PUBLIC KEY block/],
      [
        [bundle, '--trail', 'trail', '--trail-keys', 'request.json'],
        /does not contain CloudTrail's public keys/,
      ],
    ] as const) {
      const { code, stderr } = await runAudit(...argv);
      expect([code, stderr.trim().split('\n').length]).toEqual([2, 1]);
      expect(stderr).toMatch(message);
    }
  });

  test('run writes a trail only with --local, and only into a folder', async () => {
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    const { code, stderr } = await call(runFolder, ['run', 'request.json', '--trail', 'trail'], { env });
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/--trail was given, .* it works only with --local/),
    ]);
    const file = await call(runFolder, ['run', 'request.json', '--local', '--trail', 'request.json']);
    expect([file.code, file.stderr]).toEqual([2, expect.stringMatching(/--trail .* is a file/)]);
  });

  test('a trail folder without a log file', async () => {
    const folder = await copyRun();
    for (const name of await logFilesIn(join(folder, 'trail'))) await unlink(join(folder, 'trail', name));
    expect(await audit(folder, ...KEY)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('contains no log file'),
    });
  });
});

describe('a trail in a bucket', () => {
  test('is read through S3, with the same verdict as from a folder', async () => {
    const aws = await EmbeddedAws.start({ clock: new SystemClock(), policyDelayMs: 0 });
    try {
      aws.s3.createBucket('trails');
      const trail = join(runFolder, 'trail');
      for (const name of [...(await logFilesIn(trail)), ...(await digestFilesIn(trail))])
        aws.s3.put('trails', `mine/${name}`, await readFile(join(trail, name)));
      const { endpoint } = await aws.listen(0);
      const { accessKeyId, secretAccessKey } = aws.rootCredentials;
      const env = {
        AWS_ENDPOINT_URL: endpoint,
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      };
      const called = (place: string) =>
        call(runFolder, ['audit', 'audited.evidence.json', ...KEY, '--trail', place, '--json'], { env });
      const found = await called('s3://trails/mine');
      expect(found.code, found.stderr).toBe(0);
      const inFolder = (await verdictOf(runFolder, ...KEY)).result;
      expect(JSON.parse(found.stdout)).toEqual(inFolder);
      expect(await called('s3://no-such-bucket/x')).toMatchObject({ code: 2 });
    } finally {
      await aws.close();
    }
  });
});

describe('the output', () => {
  test('text from records cannot move the cursor or forge a line; error messages and passwords are not shown', async () => {
    const folder = await copyRun();
    const names = await logFilesIn(join(folder, 'trail'));
    const all = (await Promise.all(names.map((name) => recordsIn(join(folder, 'trail', name))))).flat();
    const own = all.find((each) => each['eventName'] === 'HeadObject');
    const bucketName = (own?.['requestParameters'] as Record<string, unknown>)['bucketName'];
    const hostile = {
      ...own,
      eventID: 'evil\u001b[2Jid',
      requestParameters: { bucketName, key: 'x\nenforced\u202e', password: 'hunter2-canary' },
      errorMessage: 'hunter2-canary',
      errorCode: 'AccessDenied',
    };
    await writeRecords(join(folder, 'trail/more.json.gz'), [hostile]);
    const { stdout } = await audit(folder, ...KEY);
    expect(stdout).toContain('evil\\u{1b}[2Jid');
    expect(stdout).toContain('x\\nenforced\\u{202e}');
    expect(stdout).not.toMatch(/[\u001b\u202e]/);
    const json = await audit(folder, ...KEY, '--json');
    expect(stdout + json.stdout).not.toContain('hunter2-canary');
  });
});
