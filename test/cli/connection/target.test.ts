import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { deployedStackOf, targetOf, type TargetOptions } from '../../../cli/connection/target.ts';
import { call, fileIn, temporaryFolder } from '../support.ts';

const ENDPOINT = { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' };

describe('the deployed stack', () => {
  it.each<[TargetOptions, Record<string, string>, string]>([
    [{ stack: 'Mine' }, { TASKBOUND_STACK: 'Served' }, 'Mine'],
    [{}, { TASKBOUND_STACK: 'Served' }, 'Served'],
    [{}, { TASKBOUND_STACK: '' }, 'Taskbound'],
    [{}, {}, 'Taskbound'],
  ])('of %j with %j is %s', (options, env, stack) => expect(deployedStackOf(options, env)).toBe(stack));

  it('is refused when the variable is no name', () => {
    expect(() => deployedStackOf({}, { TASKBOUND_STACK: 'a b' })).toThrow(
      /TASKBOUND_STACK is "a b"; allowed/,
    );
  });
});

describe('the target', () => {
  it.each<[TargetOptions, Record<string, string>, string | undefined]>([
    [{}, {}, undefined],
    [{}, { AWS_ENDPOINT_URL: '' }, undefined],
    [{ assembly: 'cdk.out' }, {}, undefined],
    [{ stack: 'Mine' }, {}, 'account'],
    [{ stack: 'Mine' }, ENDPOINT, 'endpoint'],
    [{}, ENDPOINT, 'endpoint'],
    [{ local: true }, {}, 'in-process'],
    [{ local: true, assembly: 'cdk.out' }, {}, 'in-process'],
    [{ local: true, stack: 'Production/Data' }, {}, 'in-process'],
    [{ local: true, stack: 'X', assembly: 'cdk.out' }, {}, 'in-process'],
    [{ stack: 'X', assembly: 'cdk.out' }, {}, undefined],
  ])('of %j with %j is %s', (options, env, target) => expect(targetOf(options, env)).toBe(target));

  it.each<[TargetOptions, Record<string, string>, RegExp]>([
    [{ local: true, stack: '' }, {}, /--stack "" was given.*Name a stack of the app/],
    [{ local: true }, ENDPOINT, /--local was given, and AWS_ENDPOINT_URL is .*Leave out --local, or unset/],
    [{ stack: '' }, {}, /--stack "" was given; allowed: a stack's name/],
    [{ stack: '' }, ENDPOINT, /--stack "" was given/],
    [{ stack: '-X' }, {}, /--stack "-X" was given/],
    [{ stack: 'x'.repeat(129) }, {}, /up to 127 letters, digits and hyphens/],
  ])('%j with %j is refused', (options, env, message) =>
    expect(() => targetOf(options, env)).toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.stringMatching(message) }),
    ),
  );
});

/** Every command that acts on a stack, as a person may type it. */
const ON_A_STACK: readonly (readonly string[])[] = [
  ['run', 'request.json'],
  ['run', '--schedule', 'Nightly'],
  ['show', 'object-transfer.x1'],
  ['show', 'x1'],
  ['show', 'object-transfer.x1', '--out', 'kept'],
  ['list'],
  ['archive', '--day', '2026-11-24'],
  ['archive', 'object-transfer.x1'],
  ['find', '--requester', 'ann'],
  ['approve', 'object-transfer.x1', '--as', 'bob@Approvers', '--yes'],
  ['refuse', 'object-transfer.x1', '--reason', 'no', '--yes'],
  ['revoke', 'object-transfer.x1'],
  ['revoke', 'object-transfer.x1', '--reason', 'a leaked key', '--yes'],
  ['drain'],
  ['drain', '--resume'],
];
const WITHOUT_A_STACK = ['init', 'plan', 'local', 'verify', 'audit', 'report', 'controls'];
const LOCAL_TOO = ['run'];

/** Fails the test if the command synthesizes an app or asks a question. */
const NOTHING = {
  synthesize: () => Promise.reject(new Error('The command synthesized an app.')),
  ask: () => Promise.reject(new Error('The command asked a question.')),
};

const request = { type: 'object-transfer', reason: 'r', parameters: { sourceKey: 'a', destinationKey: 'b' } };

describe('without a target', () => {
  it('every command is in one of the two lists of this test', async () => {
    const { stdout } = await call('/', ['--help']);
    const commands = stdout.match(/^ {2}[a-z]+(?= \[options\])/gm) ?? [];
    const tested = new Set([...ON_A_STACK.map(([name = '']) => name), ...WITHOUT_A_STACK]);
    expect(commands.map((name) => name.trim()).sort()).toEqual([...tested].sort());
  });

  it.each(ON_A_STACK.map((argv) => [argv]))('%j: exit 2, one message that lists the three', async (argv) => {
    const folder = await temporaryFolder();
    await fileIn(folder, 'request.json', request);
    const { code, stdout, stderr } = await call(folder, argv, NOTHING);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^taskbound: .* needs a target, and none was given\. Nothing was done\./);
    const examples = [
      new RegExp(`^ +taskbound ${argv[0]}.* --stack Taskbound$`, 'm'),
      new RegExp(`^ +AWS_ENDPOINT_URL=http://127\\.0\\.0\\.1:4566 taskbound ${argv[0]}`, 'm'),
      /^ +taskbound run REQUEST\.json --local$/m,
    ];
    for (const example of examples) expect(stderr).toMatch(example);
    expect(stderr.match(/^taskbound: /gm)).toHaveLength(1);
    expect(stderr.trimEnd().split('\n')).toHaveLength(7);
    expect(await readdir(folder)).toEqual(['request.json']);
  });

  it('says in JSON what it says in text', async () => {
    const { code, stdout } = await call('/', ['revoke', 'object-transfer.x1', '--json'], NOTHING);
    expect({ code, error: JSON.parse(stdout).error }).toMatchObject({
      code: 2,
      error: { name: 'UsageError', message: expect.stringMatching(/^revoke needs a target/) },
    });
  });

  it('show names a file that it did not find', async () => {
    const { stderr } = await call('/', ['show', 'nightly'], NOTHING);
    expect(stderr).toMatch(/^taskbound: show "nightly", which is not a bundle file here, needs a target/);
  });

  it('run refuses an assembly that is neither local nor served', async () => {
    const folder = await temporaryFolder();
    await fileIn(folder, 'request.json', request);
    const argv = ['run', 'request.json', '--assembly', 'cdk.out'];
    expect(await call(folder, argv, NOTHING)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^taskbound: run needs a target/),
    });
    expect(await call(folder, argv, { ...NOTHING, env: ENDPOINT })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--assembly cdk\.out was given without --local/),
    });
  });
});

const ON_TASKS = ON_A_STACK.filter(([name = '']) => !LOCAL_TOO.includes(name));

describe('with --local or --assembly', () => {
  it.each(ON_TASKS.flatMap((argv) => [[[...argv, '--local']], [[...argv, '--assembly', 'cdk.out']]]))(
    '%j is refused, because a new embedded AWS has no tasks',
    async (argv) => {
      const { code, stdout, stderr } = await call(await temporaryFolder(), argv, NOTHING);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(
        /would act on a new embedded AWS, which has no tasks\. Nothing was done\. Start taskbound local.*AWS_ENDPOINT_URL/,
      );
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    },
  );

  it('help offers --local only where it is accepted', async () => {
    for (const [name = ''] of ON_TASKS)
      expect((await call('/', [name, '--help'])).stdout).not.toMatch(/--local|--assembly/);
    for (const name of ['run', 'plan']) expect((await call('/', [name, '--help'])).stdout).toMatch(/--local/);
  });
});
