import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { synthesize } from '../../sample/synthesize.ts';
import { call, fileIn, temporaryFolder } from './support.ts';

let assembly: string;
beforeAll(async () => {
  assembly = await mkdtemp(join(tmpdir(), 'taskbound-test-'));
  synthesize({ outdir: assembly });
}, 60_000);
afterAll(() => rm(assembly, { recursive: true, force: true }));

const good = { type: 'object-transfer', reason: 'r', parameters: { sourceKey: 'a', destinationKey: 'b' } };
const parameters = (change: Record<string, unknown>) => ({
  ...good,
  parameters: { ...good.parameters, ...change },
});

/** A policy of exactly the limit, and one character more, come from these key lengths; found by asking `plan`. */
async function characters(folder: string, length: number): Promise<{ code: number; text: string }> {
  const file = await fileIn(folder, 'r.json', {
    ...parameters({ sourceKey: 'k'.repeat(length) }),
    taskId: 'size-1',
  });
  const { code, stdout, stderr } = await call(folder, ['plan', file, '--assembly', assembly, '--json']);
  return { code, text: code === 0 ? String(JSON.parse(stdout).policyCharacters) : stderr };
}

const CASES: readonly [string, unknown, RegExp][] = [
  ['invalid JSON', '{"type": ', /is not valid JSON/],
  ['nothing at all', '', /is not valid JSON/],
  ['an array', [], /an array; it must be an object/],
  [
    'duplicate keys',
    '{"type":"object-transfer","type":"other","reason":"r","parameters":{}}',
    /key "type" twice/,
  ],
  [
    'duplicate keys inside',
    '{"type":"object-transfer","reason":"r","parameters":{"sourceKey":"a","sourceKey":"b","destinationKey":"c"}}',
    /key "sourceKey" twice/,
  ],
  ['absurd depth', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, /nests deeper than 32 levels/],
  ['bytes that are not UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]), /not UTF-8/],
  ['an unknown type', { ...good, type: 'other' }, /Task type "other" is not known in this stack/],
  ['a malformed type', { ...good, type: 'Object Transfer' }, /Field type is "Object Transfer"/],
  ['an unknown field', { ...good, requester: 'root' }, /Field "requester" is not known/],
  [
    'a window, which the type has not',
    { ...good, window: {} },
    /Field window is \{\}; allowed: \{ opensAt, closesAt \}/,
  ],
  [
    'an empty reason',
    { ...good, reason: '' },
    /Field reason is ""; allowed: 1 to 1024 characters, such as "reason": "/,
  ],
  ['a missing parameter', { ...good, parameters: { sourceKey: 'a' } }, /Parameter destinationKey is missing/],
  [
    'an extra parameter',
    parameters({ other: 'x' }),
    /Parameter "other" is not declared; allowed: sourceKey, destinationKey/,
  ],
  [
    'an empty parameter',
    parameters({ sourceKey: '' }),
    /Parameter sourceKey has 0 bytes; allowed: 1 to 1024/,
  ],
  [
    'an overlong parameter',
    parameters({ sourceKey: 'k'.repeat(1025) }),
    /Parameter sourceKey has 1025 bytes; allowed: 1 to 1024/,
  ],
  [
    'a policy that is too long',
    parameters({ destinationKey: 'k'.repeat(1000) }),
    /has \d{4} characters; AWS allows at most 2048/,
  ],
  [
    'a parameter of the wrong kind',
    parameters({ sourceKey: 7 }),
    /Parameter sourceKey is 7; allowed: an S3 key, a string/,
  ],
  [
    'a character that no policy can express',
    parameters({ sourceKey: 'a€' }),
    /U\+20AC, which a session policy cannot express/,
  ],
  [
    'a control character',
    parameters({ sourceKey: 'a\u0007' }),
    /U\+0007, which a session policy cannot express/,
  ],
  ['a malformed id', { ...good, taskId: 'no spaces' }, /Field taskId is "no spaces"; allowed: 2 to 40/],
  ['an id that is too long', { ...good, taskId: 'x'.repeat(41) }, /allowed: 2 to 40/],
];

describe.each(['plan', 'run'])('%s', (command) => {
  it.each(CASES)('%s: exit 2, one clear message, nothing left', async (_what, content, message) => {
    const folder = await temporaryFolder();
    const file = await fileIn(folder, 'request.json', content);
    const extra = command === 'run' ? ['--local', '--dump', 'dump', '--out', 'out'] : [];
    const { code, stdout, stderr } = await call(folder, [command, file, '--assembly', assembly, ...extra]);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split('\n').filter((line) => line.startsWith('taskbound: '))).toHaveLength(1);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^taskbound: /);
    expect(stderr.length).toBeLessThan(800);
    expect(await readdir(folder)).toEqual(['request.json']);
  });

  it('a file that is not there', async () => {
    const folder = await temporaryFolder();
    const local = ['--local', '--assembly', assembly];
    const { code, stderr } = await call(folder, [command, 'none.json', ...local]);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/"none\.json" cannot be read/),
    });
    expect((await call(folder, [command, '.', ...local])).code).toBe(2);
  });
});

describe('a request without a reason', () => {
  const { reason: _without, ...request } = good;

  it('run: exit 2, the field and an example', async () => {
    const folder = await temporaryFolder();
    const file = await fileIn(folder, 'request.json', request);
    const { code, stdout, stderr } = await call(folder, ['run', file, '--local', '--assembly', assembly]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^taskbound: Field reason is missing; allowed: 1 to \d+ characters, such as "reason": "[^"]+"\. Correct the request and submit it again\.\n$/,
    );
  });

  it.each([['--json'], []])('plan %j: the same plan, and a note that run needs one', async (...json) => {
    const folder = await temporaryFolder();
    await fileIn(folder, 'without.json', request);
    await fileIn(folder, 'with.json', good);
    const plan = (file: string) => call(folder, ['plan', file, '--assembly', assembly, ...json]);
    const [without, complete] = [await plan('without.json'), await plan('with.json')];
    expect([without.code, complete.code]).toEqual([0, 0]);
    expect(without.stdout).toBe(complete.stdout);
    expect(without.stderr).toMatch(
      /no field reason, and run needs one: add it, such as "reason": "[^"]+"\.\n$/,
    );
    expect(complete.stderr).toBe('');
  });
});

describe('the limit of the policy', () => {
  it('is exact: 2048 characters pass, 2049 are refused with the figures', async () => {
    const folder = await temporaryFolder();
    const one = Number((await characters(folder, 1)).text);
    expect(await characters(folder, 1 + 2048 - one)).toEqual({ code: 0, text: '2048' });
    const { code, text } = await characters(folder, 2 + 2048 - one);
    expect(code).toBe(2);
    expect(text).toContain('has 2049 characters; AWS allows at most 2048');
  });
});

describe('usage', () => {
  it.each([
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['run', '--local'], /Neither a request nor --schedule was given/],
    [['run', 'a', 'b'], /too many arguments/],
    [['run', 'a.json', '--frob'], /unknown option '--frob'/],
    [['list', '--days', '0'], /"0" was given; allowed: a whole number from 1 to 366/],
    [['list', '--days', '1e1'], /"1e1" was given/],
    [['local', '--port', '99999'], /allowed: a whole number from 1 to 65535/],
    [
      ['run', 'good.json', '--local', '--stack', 'X'],
      /has the stacks Taskbound; no stack is named X\. Choose one with --stack/,
    ],
    [['run', 'good.json', '--assembly', 'x', '--stack', 'X'], /run needs a target/],
    [['plan', 'good.json', '--assembly', 'nowhere'], /--assembly nowhere has no manifest\.json/],
    [
      ['run', 'good.json', '--stack', 'X', '--seed', 'x'],
      /--seed was given, but the task runs in the deployed stack X/,
    ],
    [['run', 'good.json', '--local', '--dump', 'good.json'], /--dump .*good\.json is a file/],
    [['run', 'good.json', '--local', '--out', 'good.json'], /--out .*good\.json is a file/],
    [['show', 'nothing', '--stack', 'X'], /not a boundary id/],
  ])('%j: exit 2', async (argv, message) => {
    const folder = await temporaryFolder();
    await fileIn(folder, 'good.json', good);
    const { code, stdout, stderr } = await call(folder, argv);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('a broken AWS_ENDPOINT_URL', async () => {
    const { code, stderr } = await call(await temporaryFolder(), ['list'], {
      env: { AWS_ENDPOINT_URL: 'not a url' },
    });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('AWS_ENDPOINT_URL is "not a url"'),
    });
  });

  it('prints one JSON document with --json, whatever is wrong', async () => {
    const { code, stdout } = await call(await temporaryFolder(), ['plan', 'none.json', '--json']);
    expect({ code, error: JSON.parse(stdout).error.name }).toEqual({ code: 2, error: 'MalformedRequest' });
  });

  it('--help lists the commands in groups', async () => {
    const { code, stdout } = await call(await temporaryFolder(), ['--help']);
    expect(code).toBe(0);
    const lines = stdout.split('\n').flatMap((line) => /^(?:\S.*:| {2}[a-z]+)(?= |$)/.exec(line) ?? []);
    expect(lines.slice(lines.indexOf('Start:')).map((line) => line.trim())).toEqual([
      ...['Start:', 'init'],
      ...['Run tasks:', 'run', 'plan', 'local'],
      ...['Decide:', 'approve', 'refuse', 'revoke'],
      ...['Review evidence:', 'show', 'find', 'verify', 'audit', 'report', 'controls', 'archive'],
      ...['Operate:', 'list', 'drain'],
    ]);
  });

  it.each(['--version', '-V'])('%s prints the version of package.json', async (option) => {
    const { code, stdout, stderr } = await call(await temporaryFolder(), [option]);
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('--help is no error', async () => {
    const { code, stdout, stderr } = await call(await temporaryFolder(), ['run', '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('runs inside this process, on a virtual clock');
  });
});
