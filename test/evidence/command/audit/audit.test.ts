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

/** A real run with signed evidence and the trail that the command line wrote. */
let made: string;
beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'taskbound-test-'));
  await fileIn(made, 'request.json', {
    type: 'object-transfer',
    taskId: 'audited',
    reason: 'test',
    parameters: { sourceKey: 'exports/2026-11-23.csv', destinationKey: 'in/a.csv' },
  });
  const seed = new URL('../../../../sample/seed', import.meta.url).pathname;
  const assembly = inject('assemblies').sample;
  const args = ['--local', '--assembly', assembly, '--seed', seed, '--trail', 'trail', '--out', '.'];
  const ran = await call(made, ['run', 'request.json', ...args, '--json']);
  expect([ran.code, Object.keys(JSON.parse(ran.stdout)).length], ran.stderr).toEqual([0, 9]);
  await signFile(made, 'audited.evidence.json');
}, 60_000);
afterAll(() => rm(made, { recursive: true, force: true }));

/** A copy that a test may change. */
async function copy(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(made, folder, { recursive: true });
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
  test('a correct run is enforced, with and without the keys of the trail', async () => {
    const enforced = { code: 0, verdict: 'enforced', violations: [], gaps: [] };
    const plain = await verdictOf(made, ...KEY);
    expect(rulesOf(plain)).toEqual(enforced);
    expect(plain.result.trail).toMatchObject({ digests: 'verified', signatures: 'not-checked' });
    const signed = await verdictOf(made, ...KEY, '--trail-keys', 'trail/public-keys.json');
    expect(rulesOf(signed)).toEqual(enforced);
    expect(signed.result.trail).toMatchObject({ digests: 'verified', signatures: 'verified' });
  });

  test('the text starts with the verdict and ends with what the trail covers', async () => {
    const { code, stdout } = await audit(made, ...KEY);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^object-transfer\.audited: enforced\nevery call of the task /);
    expect(stdout).toMatch(/\n {5}3 {2}inside, but refused\n/);
    expect(stdout).toMatch(/covers 20\d\d-.*digest files: verified; their signatures were not checked/s);
  });

  test('without a key or without a signature, the verdict is undetermined', async () => {
    expect(rulesOf(await verdictOf(made))).toMatchObject({ code: 4, gaps: ['key-not-pinned'] });
    const folder = await copy();
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

  test('a closed boundary whose envelope was removed is violated', async () => {
    const folder = await copy();
    const bundle = JSON.parse(
      await readFile(join(folder, 'audited.evidence.json'), 'utf8'),
    ) as EvidenceBundle;
    await fileIn(folder, 'audited.evidence.json', { ...bundle, envelope: null, publicKey: null });
    expect(rulesOf(await verdictOf(folder, ...KEY))).toMatchObject({
      code: 1,
      violations: ['evidence-changed'],
    });
  });

  test('evidence that was changed, or signed with another key, is violated', async () => {
    const folder = await copy();
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
    const other = await copy();
    await signFile(other, 'audited.evidence.json');
    await cp(join(made, 'key.pem'), join(other, 'key.pem'));
    expect(rulesOf(await verdictOf(other, ...KEY))).toMatchObject({
      code: 1,
      violations: ['evidence-changed'],
    });
  });
});

describe('the trail itself is checked', () => {
  const trailOf = (folder: string) => join(folder, 'trail');

  test('a record that was removed from a log file is detected by the digest', async () => {
    const folder = await copy();
    const [name = ''] = await logFilesIn(trailOf(folder));
    const path = join(trailOf(folder), name);
    await writeRecords(path, (await recordsIn(path)).slice(1));
    const found = await verdictOf(folder, ...KEY);
    expect(rulesOf(found).gaps).toContain('trail-changed');
    expect(found.result.verdict).not.toBe('enforced');
    expect(found.result.trail.digests).toBe('broken');
  });

  test('a missing log file', async () => {
    const folder = await copy();
    const [name = ''] = await logFilesIn(trailOf(folder));
    await unlink(join(trailOf(folder), name));
    const found = rulesOf(await verdictOf(folder, ...KEY));
    // Its records are missing as well, but missing records of an incomplete trail are not violations.
    expect([found.code, found.violations]).toEqual([4, []]);
    expect(found.gaps).toContain('log-file-missing');
  });

  test('no digest files', async () => {
    const folder = await copy();
    for (const name of await digestFilesIn(trailOf(folder))) await unlink(join(trailOf(folder), name));
    expect(rulesOf(await verdictOf(folder, ...KEY))).toEqual({
      code: 4,
      verdict: 'undetermined',
      violations: [],
      gaps: ['digests-absent'],
    });
  });

  test('a trail that ends with the digest before the deadline', async () => {
    const folder = await copy();
    const digests = await digestFilesIn(trailOf(folder));
    // Only the short last digest remains, which starts after the task.
    await unlink(join(trailOf(folder), digests[0] ?? ''));
    expect(rulesOf(await verdictOf(folder, ...KEY)).gaps).toContain('starts-late');
  });

  test('a file that no digest lists proves nothing, but can show violations', async () => {
    const folder = await copy();
    const [name = ''] = await logFilesIn(trailOf(folder));
    const records = await recordsIn(join(trailOf(folder), name));
    await writeRecords(join(trailOf(folder), 'more.json.gz'), records);
    expect(rulesOf(await verdictOf(folder, ...KEY))).toMatchObject({ code: 4, gaps: ['log-file-unlisted'] });
  });

  test('a forged file with the name of a real one proves nothing', async () => {
    const folder = await copy();
    const [name = ''] = await logFilesIn(trailOf(folder));
    const records = await recordsIn(join(trailOf(folder), name));
    await mkdir(join(trailOf(folder), 'copy'));
    await writeRecords(join(trailOf(folder), 'copy', basename(name)), records.slice(1));
    expect(rulesOf(await verdictOf(folder, ...KEY))).toMatchObject({
      code: 4,
      gaps: ['trail-changed', 'log-file-unlisted'],
    });
  });

  test('keys of another trail', async () => {
    const folder = await copy();
    const list = JSON.parse(await readFile(join(folder, 'trail/public-keys.json'), 'utf8'));
    list.PublicKeyList[0].Fingerprint = 'another';
    await fileIn(folder, 'others.json', list);
    const found = await verdictOf(folder, ...KEY, '--trail-keys', 'others.json');
    expect(rulesOf(found)).toMatchObject({ code: 4 });
    expect(rulesOf(found).gaps).toEqual(expect.arrayContaining(['trail-key-unknown']));
  });

  test('the verdict does not depend on which file contains a record', async () => {
    const scattered = async (parts: number): Promise<unknown> => {
      const folder = await copy();
      const names = await logFilesIn(trailOf(folder));
      const all = (await Promise.all(names.map((name) => recordsIn(join(trailOf(folder), name))))).flat();
      await rm(trailOf(folder), { recursive: true });
      await cp(join(made, 'trail/public-keys.json'), join(trailOf(folder), 'public-keys.json'));
      for (let part = 0; part < parts; part += 1)
        await writeRecords(
          join(trailOf(folder), `${part}.json.gz`),
          all.filter((_, index) => (index * 7) % parts === part).reverse(),
        );
      const { violations, gaps, calls, attempts, verdict } = (await verdictOf(folder, ...KEY)).result;
      return { violations, gaps, calls, attempts, verdict };
    };
    expect(await scattered(5)).toEqual(await scattered(1));
  });
});

describe('input that cannot be used: one clear message, exit code 2', () => {
  const withFile = async (name: string, content: string | Uint8Array): Promise<Called> => {
    const folder = await copy();
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
      'gzip that is cut off',
      'z.json.gz',
      gzipSync(JSON.stringify({ Records: [record] })).subarray(0, 60),
      /z\.json\.gz cannot be read completely/,
    ],
    ['text that is not JSON', 'z.json', '{"Records":[{"a":}]}', /z\.json is not valid JSON/],
    ['JSON that ends too early', 'z.json', '{"Records":[', /z\.json is not valid JSON/],
    ['more text after the end', 'z.json', '{"Records":[]} {"Records":[]}', /z\.json is not valid JSON/],
    ['other JSON', 'z.json', '{"rows":[1]}', /z\.json is not a CloudTrail file: it must contain \{"Records"/],
    ['records that are not a list', 'z.json', '{"Records":{"a":{}}}', /z\.json is not a CloudTrail file/],
    [
      'records without required fields',
      'z.json',
      '{"Records":[{"eventID":1}]}',
      /Record 1 of the trail's file z\.json is not a CloudTrail record/,
    ],
    ['an empty file', 'z.json', '', /z\.json is not valid JSON/],
    [
      'a file of another kind',
      'notes.txt',
      'hello',
      /notes\.txt is not a CloudTrail file: their names end in/,
    ],
    ['a record that never ends', 'z.json', manyBytes, /more than 4194304 bytes without a complete record/],
  ])('%s', async (_what, name, content, message) => {
    const { code, stdout, stderr } = await withFile(name, content);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  test('white space, another order of fields, no compression and no records are allowed', async () => {
    const folder = await copy();
    const spaced = `\n { "more" : {"a":[1,{"Records":[{}]}]},\n "Records" : [ ${JSON.stringify(record)} ] } \n`;
    await writeFile(join(folder, 'trail/spaced.json'), spaced);
    await writeFile(join(folder, 'trail/plain.json.gz'), '{"Records":[]}');
    const before = (await verdictOf(made, ...KEY)).result.trail.records;
    const { code, result } = await verdictOf(folder, ...KEY);
    expect([code, result.trail.records]).toEqual([0, before + 1]);
  });

  test('locations, keys and bundles that do not exist or are something else', async () => {
    const folder = await copy();
    await fileIn(folder, 'empty.json', {
      version: 1,
      boundaryId: 'a.bc',
      taskId: 'bc',
      events: [],
      envelope: null,
      publicKey: null,
    });
    const tried = (...argv: string[]) => call(folder, ['audit', ...argv]);
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
      const { code, stderr } = await tried(...argv);
      expect([code, stderr.trim().split('\n').length]).toEqual([2, 1]);
      expect(stderr).toMatch(message);
    }
  });

  test('run writes a trail only for its own embedded AWS', async () => {
    const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    const { code, stderr } = await call(made, ['run', 'request.json', '--trail', 'trail'], { env });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/--trail was given, .* it is for --local/)]);
    const file = await call(made, ['run', 'request.json', '--local', '--trail', 'request.json']);
    expect([file.code, file.stderr]).toEqual([2, expect.stringMatching(/--trail .* is a file/)]);
  });

  test('a folder without a log file', async () => {
    const folder = await copy();
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
      const trail = join(made, 'trail');
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
        call(made, ['audit', 'audited.evidence.json', ...KEY, '--trail', place, '--json'], { env });
      const found = await called('s3://trails/mine');
      expect(found.code, found.stderr).toBe(0);
      const inFolder = (await verdictOf(made, ...KEY)).result;
      expect(JSON.parse(found.stdout)).toEqual(inFolder);
      expect(await called('s3://no-such-bucket/x')).toMatchObject({ code: 2 });
    } finally {
      await aws.close();
    }
  });
});

describe('the output', () => {
  test('text of records cannot move the cursor or fake a line, and their parameters are not shown', async () => {
    const folder = await copy();
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
    expect(stdout).toContain('evil\\u001b[2Jid');
    expect(stdout).toContain('x\\u000aenforced\\u202e');
    expect(stdout).not.toMatch(/[\u001b\u202e]/);
    const json = await audit(folder, ...KEY, '--json');
    expect(stdout + json.stdout).not.toContain('hunter2-canary');
  });
});
