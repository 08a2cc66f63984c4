import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { ListBucketsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { synthesize } from '../../../sample/synthesize.ts';
import { call, fileIn, temporaryFolder, type Called } from '../support.ts';

let assembly: string;
beforeAll(async () => {
  assembly = await mkdtemp(join(tmpdir(), 'taskbound-test-'));
  synthesize({ outdir: assembly });
}, 60_000);
afterAll(() => rm(assembly, { recursive: true, force: true }));

/** Serves `taskbound local` while `use` runs with its environment. */
async function served(
  folder: string,
  use: (env: Record<string, string>) => Promise<void>,
  options: readonly string[] = [],
): Promise<Called> {
  let announced: (text: string) => void = () => undefined;
  const environment = new Promise<string>((resolve) => (announced = resolve));
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  const argv = [
    'local',
    '--assembly',
    assembly,
    '--state',
    'state',
    '--policy-delay',
    '0',
    '--json',
    ...options,
  ];
  const ended = call(folder, argv, { out: announced, untilInterrupted: () => stopped });
  const started = await Promise.race([environment, ended]);
  if (typeof started !== 'string') throw new Error(started.stderr);
  try {
    await use(JSON.parse(started).environment);
  } finally {
    stop();
  }
  return ended;
}

it('serves other terminals over HTTP, refuses an id used by another request, and keeps its data', async () => {
  const folder = await temporaryFolder();
  const request = {
    type: 'object-transfer',
    taskId: 'mine-1',
    reason: 'first',
    parameters: { sourceKey: 'a', destinationKey: 'b' },
  };
  await fileIn(folder, 'request.json', request);
  await writeFile(join(folder, 'other.json'), JSON.stringify({ ...request, reason: 'second' }));

  const first = await served(folder, async (env) => {
    const run = await call(folder, ['run', 'request.json', '--json'], { env });
    expect(run.code, run.stderr).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({
      boundaryId: 'object-transfer.mine-1',
      phase: 'closed',
      proof: 'refused',
    });

    const again = await call(folder, ['run', 'request.json', '--json'], { env });
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('already exists (closed)');

    const other = await call(folder, ['run', 'other.json'], { env });
    expect({ code: other.code, stdout: other.stdout }).toEqual({ code: 2, stdout: '' });
    expect(other.stderr).toMatch(/The id mine-1 belongs to another object-transfer request/);

    expect((await call(folder, ['plan', 'request.json', '--json'], { env })).code).toBe(0);
    expect((await call(folder, ['run', 'request.json', '--seed', 'x'], { env })).stderr).toContain(
      '--seed was given, but the task runs at AWS_ENDPOINT_URL',
    );
    const missing = await call(folder, ['show', 'object-transfer.none'], { env });
    expect({ code: missing.code, stderr: missing.stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no task object-transfer.none'),
    });
    expect((await call(folder, ['list', '--stack', 'Other'], { env })).stderr).toContain(
      'There is no stack "Other"',
    );
  });
  expect(first.code, first.stderr).toBe(0);
  expect(await readdir(join(folder, 'state'))).toEqual(['journal']);

  await served(folder, async (env) => {
    const list = await call(folder, ['list', '--json'], { env });
    expect(JSON.parse(list.stdout).boundaries).toMatchObject([
      { boundaryId: 'object-transfer.mine-1', phase: 'closed', proof: 'refused', reason: 'first' },
    ]);
    const show = await call(folder, ['show', 'mine-1', '--type', 'object-transfer'], { env });
    expect(show.stdout).toMatch(/Chain: the hashes of all \d+ events are valid/);

    const kept = await call(folder, ['show', 'object-transfer.mine-1', '--out', 'kept', '--json'], { env });
    const { evidenceFile, ...shown } = JSON.parse(kept.stdout);
    expect([kept.code, evidenceFile]).toEqual([0, join(folder, 'kept', 'mine-1.evidence.json')]);
    const file = await call(folder, ['show', evidenceFile, '--json']);
    // The keys of maps are sorted in a file; a summary shows them in the order in which they are read.
    const plain = (text: string) => JSON.parse(text, (key, value) => (key === 'summary' ? '' : value));
    expect(plain(file.stdout)).toEqual({
      ...plain(JSON.stringify(shown)),
      phase: null,
      evidenceFile: null,
    });
    const pinned = ['verify', evidenceFile, '--key', join(folder, 'kept', 'taskbound.pub.pem')];
    expect((await call(folder, pinned)).code).toBe(0);

    const key = shown.events.find(({ type }: { type: string }) => type === 'identity.issued').data;
    const found = await call(folder, ['find', '--access-key', key.accessKeyId], { env });
    expect(found.stdout).toMatch(
      /^Found 1 with the access key ASIA\w+:\n.*\n.*object-transfer\.mine-1 +closed/,
    );
  });
}, 60_000);

it('refuses a state that it cannot take back, and leaves it', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'state.json'), '{"not":"a snapshot"}');
  const { code, stderr } = await call(folder, ['local', '--assembly', assembly, '--state', '.']);
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/--state: .* cannot be restored: it is not a state of version 1/),
  });
});

it('loads a seed at the first start, and refuses it once the folder has data', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'seed/s3/source/in'), { recursive: true });
  await writeFile(join(folder, 'seed/s3/source/in/a.csv'), 'content');
  const objects = async (env: Record<string, string>): Promise<unknown> => {
    const credentials = {
      accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    };
    const s3 = new S3Client({
      ...{ endpoint: env['AWS_ENDPOINT_URL'] ?? '', region: 'eu-central-1', credentials },
      forcePathStyle: true,
    });
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
    const source = Buckets.find(({ Name = '' }) => Name.includes('source'))?.Name ?? '';
    return (await s3.send(new ListObjectsV2Command({ Bucket: source }))).Contents?.map(({ Key }) => Key);
  };
  await served(folder, async (env) => expect(await objects(env)).toEqual(['in/a.csv']), ['--seed', 'seed']);
  await served(folder, async (env) => expect(await objects(env)).toEqual(['in/a.csv']));
  const again = await call(folder, ['local', '--assembly', assembly, '--state', 'state', '--seed', 'seed']);
  expect(again.code).toBe(2);
  expect(again.stderr).toMatch(
    /the state folder state has data already.*Leave out --seed, or give another folder/,
  );
});

it('refuses a folder that another process has open', async () => {
  const folder = await temporaryFolder();
  await served(folder, async (env) => {
    const second = await call(folder, ['local', '--assembly', assembly, '--state', 'state']);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain(
      `is in use by process ${process.pid}, which serves ${env['AWS_ENDPOINT_URL']}`,
    );
  });
});

it('leaves no data of a first start whose seed is refused', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'seed/postgres'), { recursive: true });
  await writeFile(join(folder, 'seed/postgres/other.sql'), 'SELECT 1');
  const argv = ['local', '--assembly', assembly, '--state', 'state', '--seed', 'seed'];
  const refused = await call(folder, argv);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/postgres\/other\.sql does not belong to a database.*demo\.sql/);
  await writeFile(
    join(folder, 'seed/postgres/demo.sql'),
    'CREATE TABLE a (b int);\n\nCREATE TABEL c (d int);',
  );
  await rm(join(folder, 'seed/postgres/other.sql'));
  const broken = await call(folder, argv);
  expect(broken.code, broken.stderr).toBe(2);
  expect(broken.stderr).toMatch(
    /postgres\/demo\.sql, line 3: PostgreSQL refuses the schema of the database demo: syntax error at or near "TABEL"\. Correct the script\./,
  );
  await rm(join(folder, 'seed/postgres'), { recursive: true });
  await mkdir(join(folder, 'seed/s3'), { recursive: true });
  const { code } = await served(folder, async () => undefined, ['--seed', 'seed']);
  expect(code).toBe(0);
}, 60_000);

it('takes over the state.json of an earlier version, once', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'state'));
  const version1 = fileURLToPath(new URL('../../fixtures/state-version-1.json.gz', import.meta.url));
  await writeFile(join(folder, 'state/state.json'), gunzipSync(await readFile(version1)));
  const look = async (env: Record<string, string>): Promise<void> => {
    const { stdout, stderr, code } = await call(folder, ['show', 'object-transfer.old-1'], { env });
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/Chain: the hashes of all \d+ events are valid/);
    const list = await call(folder, ['list', '--json'], { env });
    expect(list.code).toBe(0);
  };
  const first = await served(folder, look);
  expect(first.code, first.stderr).toBe(0);
  expect(await readdir(join(folder, 'state'))).toEqual(['journal']);
  await served(folder, look);
}, 60_000);
