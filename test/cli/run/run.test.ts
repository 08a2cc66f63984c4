import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chainFault, evidenceBundle } from 'taskbound-evidence/chain/evidence';
import { synthesize } from '../../../sample/synthesize.ts';
import { call, fileIn, temporaryFolder, type Called } from '../support.ts';

let assembly: string;
beforeAll(async () => {
  assembly = await mkdtemp(join(tmpdir(), 'taskbound-test-'));
  synthesize({ outdir: assembly });
}, 60_000);
afterAll(() => rm(assembly, { recursive: true, force: true }));

const FIELDS = [
  'taskId',
  'boundaryId',
  'outcome',
  'phase',
  'executionStatus',
  'result',
  'error',
  'proof',
  'evidenceFile',
];

async function seedIn(folder: string, objects: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const rows: { bucket: string; key: string; file: string }[] = [];
  await mkdir(join(folder, 'seed/s3/.objects'), { recursive: true });
  for (const [index, [key, content]] of Object.entries(objects).entries()) {
    await writeFile(join(folder, `seed/s3/.objects/${index}`), content);
    rows.push({ bucket: 'source', key, file: `.objects/${index}` });
  }
  await writeFile(join(folder, 'seed/s3/index.json'), JSON.stringify(rows));
}

/** The objects of a dumped bucket by key. */
async function dumped(folder: string, bucket: string): Promise<Record<string, Buffer>> {
  const root = join(folder, 'dump/s3');
  const objects: Record<string, Buffer> = {};
  for (const entry of await readdir(join(root, bucket), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    objects[path.slice(join(root, bucket).length + 1)] = await readFile(path);
  }
  for (const row of JSON.parse(await readFile(join(root, 'index.json'), 'utf8'))) {
    if (row.bucket === bucket) objects[row.key] = await readFile(join(root, row.file));
  }
  return objects;
}

async function transfer(
  folder: string,
  sourceKey: string,
  destinationKey: string,
  ...extra: string[]
): Promise<Called> {
  const file = await fileIn(folder, 'request.json', {
    type: 'object-transfer',
    reason: 'test',
    parameters: { sourceKey, destinationKey },
  });
  return call(folder, [
    'run',
    file,
    '--local',
    '--assembly',
    assembly,
    '--seed',
    'seed',
    '--dump',
    'dump',
    '--out',
    'out',
    ...extra,
  ]);
}

describe('run --local', () => {
  it('moves the object, closes the boundary and leaves the evidence', async () => {
    const folder = await temporaryFolder();
    const content = Buffer.from([0, 255, 1, 10, 13]);
    await seedIn(folder, { 'a b/+*?$.bin': content, 'a b/other': Buffer.from('other') });
    const { code, stdout, stderr } = await transfer(folder, 'a b/+*?$.bin', 'in//x/..', '--json');
    const report = JSON.parse(stdout);
    expect(code, stderr).toBe(0);
    expect(Object.keys(report)).toEqual(FIELDS);
    expect(report).toMatchObject({
      outcome: 'succeeded',
      phase: 'closed',
      executionStatus: 'SUCCEEDED',
      error: null,
      proof: 'refused',
    });
    const destination = await dumped(folder, 'destination');
    expect(Object.keys(destination).sort()).toEqual(['in//x/..', 'in//x/...receipt.json']);
    expect(destination['in//x/..']?.equals(content)).toBe(true);
    const bundle = evidenceBundle.parse(JSON.parse(await readFile(report.evidenceFile, 'utf8')));
    expect(report.evidenceFile).toBe(join(folder, 'out', `${report.taskId}.evidence.json`));
    expect(chainFault(report.boundaryId, bundle.events)).toBeUndefined();
    expect(bundle.events.at(-1)?.type).toBe('boundary.closed');
  });

  it('takes items from a seed of tables alone, and dumps them after', async () => {
    const folder = await temporaryFolder();
    const item = { caseId: 'C-1', customer: 'Ann', subject: 'A question', text: 'When do you open?' };
    await mkdir(join(folder, 'seed/dynamodb'), { recursive: true });
    await writeFile(join(folder, 'seed/dynamodb/cases.json'), JSON.stringify([item]));
    const parameters = { caseId: 'C-1' };
    const file = await fileIn(folder, 'request.json', { type: 'case-response', reason: 'test', parameters });
    const where = ['--local', '--assembly', assembly, '--seed', 'seed', '--dump', 'dump', '--json'];
    const { code, stdout, stderr } = await call(folder, ['run', file, ...where]);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout).result).toEqual({ replied: true, attempts: [] });
    const itemsOf = async (table: string) =>
      JSON.parse(await readFile(join(folder, `dump/dynamodb/${table}.json`), 'utf8'));
    expect(await itemsOf('cases')).toEqual([item]);
    expect(await itemsOf('replies')).toMatchObject([parameters]);
    expect((await readdir(join(folder, 'dump/dynamodb'))).sort()).toEqual(['cases.json', 'replies.json']);
  });

  it('shows each state while it happens', async () => {
    const folder = await temporaryFolder();
    await seedIn(folder, { a: Buffer.from('x') });
    const { stdout, stderr } = await transfer(folder, 'a', 'b');
    const states = [
      'Admit',
      'IssueIdentity',
      'RunWork',
      'RevokeAndRecord',
      'ProveRevoked',
      'CloseBoundary',
      'TaskSucceeded',
    ];
    const firstLines = stderr.slice(0, stderr.search(/ s {2}.*Admit/));
    expect(firstLines).toMatch(
      /^Starting an embedded AWS and loading the assembly .*\nLoading the seed .*\nSubmitting the task object-transfer\.(\S+)\nTask object-transfer\.\1 submitted\n/,
    );
    const places = states.map((state) => stderr.search(new RegExp(` s  .*${state}`)));
    expect(
      places.every((place) => place >= 0),
      stderr,
    ).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(stderr).toContain('waiting: the credential is not refused yet');
    expect(stdout).toContain("closed, proven: the task's own credential was used and refused");
  });

  it('is 1 for a failing task, names its error, and closes the boundary all the same', async () => {
    const folder = await temporaryFolder();
    await seedIn(folder, { sibling: Buffer.from('x') });
    const { code, stdout } = await transfer(folder, 'missing', 'b', '--json');
    const report = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(report).toMatchObject({
      outcome: 'failed',
      phase: 'closed',
      executionStatus: 'FAILED',
      result: null,
      proof: 'refused',
    });
    expect(report.error).toMatch(/^\w+: ./);
    expect(await dumped(folder, 'destination')).toEqual({});
  });

  it.each([
    ['a seed that is not there', async () => undefined, /--seed .*there is no such folder/],
    [
      'a seed for an unknown bucket',
      (folder: string) => write(join(folder, 'seed/s3/elsewhere/a'), 'x'),
      /does not belong to a bucket/,
    ],
    [
      'a seed whose index points outside',
      (folder: string) =>
        write(join(folder, 'seed/s3/index.json'), '[{"bucket":"source","key":"a","file":"../../x"}]'),
      /must be a plain path/,
    ],
    [
      'an object of more than 2 GiB in the seed',
      async (folder: string) => {
        await write(join(folder, 'seed/s3/source/big'), 'x');
        await truncate(join(folder, 'seed/s3/source/big'), 2 * 1024 ** 3 + 1);
      },
      /taskbound: \S*seed\/s3\/source\/big has 2147483649 bytes; an object of a seed has at most 2147483647 bytes\. Replace it with a smaller file\.\n$/,
    ],
  ])('%s: exit 2, no task, no dump', async (_what, prepare, message) => {
    const folder = await temporaryFolder();
    await prepare(folder);
    const { code, stderr } = await transfer(folder, 'a', 'b');
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
    expect((await readdir(folder)).filter((name) => name === 'dump' || name === 'out')).toEqual([]);
  });
});

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

it('says so when the evidence cannot be written, and still what became of the task', async () => {
  const folder = await temporaryFolder();
  await seedIn(folder, { a: Buffer.from('x') });
  await mkdir(join(folder, 'out/mine-1.evidence.json'), { recursive: true });
  const file = await fileIn(folder, 'request.json', {
    type: 'object-transfer',
    taskId: 'mine-1',
    reason: 'test',
    parameters: { sourceKey: 'a', destinationKey: 'b' },
  });
  const { code, stdout, stderr } = await call(folder, [
    ...['run', file, '--local', '--assembly', assembly, '--seed', 'seed', '--out', 'out', '--json'],
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ phase: 'closed', outcome: 'succeeded', evidenceFile: null });
  expect(code).toBe(1);
  expect(stderr).toContain('the evidence could not be written');
  expect(await readdir(join(folder, 'out'))).toEqual(['mine-1.evidence.json']);
});
