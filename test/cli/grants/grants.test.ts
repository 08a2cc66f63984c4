import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedAws, type LoadedStack } from 'taskbound-local/embedded-aws';
import { SystemClock } from 'taskbound-local/clock/system-clock';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import type { LocalClock } from 'taskbound-local/clock/local-clock';
import { sessionConfig } from '../../../cli/connection/person-config.ts';
import { readManifest } from '../../../client/stack/read-manifest.ts';
import { drainStack } from '../../../cli/drain/drain.ts';
import { runSchedule } from '../../../cli/run/run-schedule.ts';
import { synthesize } from '../../../sample/synthesize.ts';
import { manifestIn, roleNamed } from '../../../simulation/world/stack-manifest.ts';
import { GrantedStack, type RoleId } from '../../fixtures/granted-stack.ts';
import { call, fileIn, recordingIo, T0, type Called } from '../support.ts';

let folder: string;
let aws: EmbeddedAws;
let endpoint: string;

/** Every command runs with the credentials of a role that has exactly one grant. Nobody acts as the owner of the embedded AWS. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taskbound-test-'));
  synthesize({ outdir: join(folder, 'assembly'), declare: (app) => new GrantedStack(app) });
  ({ aws } = await started(new SystemClock()));
  ({ endpoint } = await aws.listen(0));
});
afterAll(async () => {
  await aws.close();
  await rm(folder, { recursive: true, force: true });
});

async function started(clock: LocalClock): Promise<{ aws: EmbeddedAws; stack: LoadedStack }> {
  const made = await EmbeddedAws.start({ clock, policyDelayMs: 0 });
  return { aws: made, stack: await made.loadAssembly(join(folder, 'assembly')) };
}

/** The ARN of one of the fixture's roles. `Strangers` is in no grant, so the manifest does not name it. */
function roleArn(role: RoleId): string {
  const named = aws.iam.roles().find(({ name }) => name.startsWith(`Granted-${role}`));
  if (named === undefined) throw new RangeError(`There is no role ${role}.`);
  return named.arn;
}

async function credentialsOf(role: RoleId, name: string): Promise<Record<string, string>> {
  const acting = { config: aws.clientConfig(), clock: aws.clock, hasPeople: false };
  const {
    accessKeyId,
    secretAccessKey,
    sessionToken = '',
  } = await sessionConfig(acting, {
    name,
    role: roleArn(role),
  }).credentials();
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  };
}

async function as(
  role: RoleId,
  name: string,
  argv: readonly string[],
  err?: (text: string) => void,
): Promise<Called> {
  const env = await credentialsOf(role, name);
  return call(folder, [...argv, '--stack', 'Granted'], { env, ...(err && { err }) });
}

const request = (taskId: string, change: Record<string, unknown> = {}) =>
  fileIn(folder, `${taskId}.json`, {
    type: 'plain',
    taskId,
    reason: 'a test',
    parameters: { how: 'succeed' },
    ...change,
  });

/** `run` of a task that waits for approval, as ann. Resolves when it waits. */
async function waiting(taskId: string): Promise<{ readonly ended: Promise<Called> }> {
  let said = '';
  const heard = Promise.withResolvers<void>();
  const ended = as(
    'SubmitOnly',
    'ann',
    ['run', await request(taskId, { type: 'approved' }), '--json'],
    (text) => {
      said += text;
      if (said.includes('It waits for approval')) heard.resolve();
    },
  );
  await Promise.race([heard.promise, ended]);
  return { ended };
}

describe('one grant is all that a command needs', () => {
  it('run: grantSubmit', async () => {
    const ran = await as('SubmitOnly', 'ann', ['run', await request('plain-1'), '--out', 'out', '--json']);
    expect(ran.code, ran.stderr).toBe(0);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      outcome: 'succeeded',
      phase: 'closed',
      evidenceFile: join(folder, 'out/plain-1.evidence.json'),
    });
  });

  it.each([
    ['plan: grantRead of the type', 'ReadTypeOnly', ['plan', 'plain-1.json']],
    ['plan: grantRead of the boundary', 'ReadOnly', ['plan', 'plain-1.json']],
    ['show: grantRead of the type', 'ReadTypeOnly', ['show', 'plain.plain-1', '--out', 'out']],
    ['show: grantRead of the boundary', 'ReadOnly', ['show', 'plain.plain-1', '--out', 'out']],
    ['show: grantSubmit', 'SubmitOnly', ['show', 'plain.plain-1', '--out', 'out']],
    ['list: grantRead of the boundary', 'ReadOnly', ['list']],
    ['find: grantRead of the boundary', 'ReadOnly', ['find', '--requester', 'ann']],
    ['archive of a task: grantRead of the boundary', 'ReadOnly', ['archive', 'plain.plain-1']],
  ] as const)('%s', async (_what, role, argv) => {
    const called = await as(role, 'rita', argv);
    expect(called.code, called.stderr).toBe(0);
    expect(called.stdout).toContain('plain');
  });

  it('archive of a day: grantRead of the boundary', async () => {
    const called = await as('ReadOnly', 'rita', ['archive', '--day', new Date().toISOString().slice(0, 10)]);
    expect(called).toMatchObject({ code: 0, stdout: expect.stringContaining('agrees with the table') });
  });

  it('approve: grantDecide', async () => {
    const { ended } = await waiting('approved-1');
    const approved = await as('DecideOnly', 'bob', ['approve', 'approved.approved-1', '--yes']);
    expect(approved.code, approved.stderr).toBe(0);
    expect(approved.stderr).toMatch(/read: s3:GetObject\n {6}on exactly/);
    expect(await ended).toMatchObject({ code: 0 });
  });

  it('refuse: grantDecide', async () => {
    const { ended } = await waiting('refused-1');
    const refused = await as('DecideOnly', 'bob', [
      'refuse',
      'approved.refused-1',
      '--reason',
      'no',
      '--yes',
    ]);
    expect(refused.code, refused.stderr).toBe(0);
    expect(await ended).toMatchObject({ code: 1 });
  });

  it('approve of a review: grantDecide', async () => {
    const emergency = await request('urgent-1', { type: 'approved', emergency: 'It burns.' });
    const ran = await as('SubmitOnly', 'ann', ['run', emergency]);
    expect(ran.code, ran.stderr).toBe(0);
    const reviewed = await as('DecideOnly', 'bob', ['approve', 'approved.urgent-1.review', '--yes']);
    expect(reviewed.code, reviewed.stderr).toBe(0);
  });

  it('revoke: grantEnd', async () => {
    const { ended } = await waiting('ended-1');
    const revoked = await as('EndOnly', 'eve', ['revoke', 'approved.ended-1', '--reason', 'enough', '--yes']);
    expect(revoked.code, revoked.stderr).toBe(0);
    expect(revoked.stdout).toContain('approved.ended-1 is closed');
    const { code, stdout } = await ended;
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 1,
      phase: 'closed',
      proof: 'nothing-issued',
    });
  });
});

/** The same on a virtual clock, for what takes long. */
async function connectionAs(role: RoleId) {
  const { aws: own, stack } = await started(new VirtualClock({ startMs: T0 }));
  const acting = { config: own.clientConfig(), clock: own.clock, hasPeople: false };
  const config = sessionConfig(acting, {
    name: 'olga',
    role: roleNamed(manifestIn(own, stack.stackName), role),
  });
  const connection = {
    stackName: stack.stackName,
    manifest: await readManifest(config, stack.stackName),
    clock: own.clock,
    config,
    hasPeople: true,
    close: () => own.close(),
  };
  own.startSchedules();
  return { connection, io: recordingIo(folder, { clock: own.clock }).io };
}

describe('one grant is all that a long command needs', () => {
  it('drain: grantDrain', async () => {
    const { connection, io } = await connectionAs('DrainOnly');
    expect(await drainStack(connection, { end: true }, io)).toBe(0);
    expect(await drainStack(connection, { resume: true, json: true }, io)).toBe(0);
    await connection.close();
  });

  it('run --schedule: grantRead of the boundary', async () => {
    const { connection, io } = await connectionAs('ReadOnly');
    const report = await runSchedule(connection, 'Hourly', { out: join(folder, 'out'), io });
    expect(report).toMatchObject({ outcome: 'succeeded', phase: 'closed', evidenceFile: expect.any(String) });
    await connection.close();
  });
});

describe('without the grant, a command is refused with exit 1 and names the grant', () => {
  it.each<[string, RoleId, readonly string[], RegExp]>([
    [
      'any command',
      'Strangers',
      ['list'],
      /may not call ssm:GetParameter.*\/taskbound\/Granted\/manifest, which every grant contains/,
    ],
    [
      'run',
      'DecideOnly',
      ['run', 'plain-1.json'],
      /may not call the function URL .* Get grantSubmit of the task type/,
    ],
    ['run', 'ReadOnly', ['run', 'plain-1.json'], /Get grantSubmit of the task type/],
    [
      'plan',
      'SubmitOnly',
      ['plan', 'plain-1.json'],
      /may not call ssm:GetParameter.* have grantRead or grantDecide of the task type/,
    ],
    [
      'show',
      'EndOnly',
      ['show', 'plain.plain-1'],
      /may not call dynamodb:Query.* have grantRead or grantSubmit of the task type/,
    ],
    ['list', 'ReadTypeOnly', ['list'], /may not call dynamodb:Query.* have grantRead of the boundary/],
    [
      'find',
      'SubmitOnly',
      ['find', '--requester', 'ann'],
      /may not call dynamodb:Query.* have grantRead of the boundary/,
    ],
    [
      'archive',
      'ReadTypeOnly',
      ['archive', 'plain.plain-1'],
      /have grantRead of the boundary|CANNOT BE READ/,
    ],
    [
      'approve',
      'SubmitOnly',
      ['approve', 'approved.approved-1', '--yes'],
      /Get grantDecide of the task type/,
    ],
    [
      'revoke',
      'DecideOnly',
      ['revoke', 'plain.plain-1', '--reason', 'x', '--yes'],
      /Get grantEnd of the task type/,
    ],
    ['drain', 'ReadOnly', ['drain', '--timeout', '0'], /Use credentials that have TaskBoundary\.grantDrain/],
  ])('%s as %s', async (_command, role, argv, message) => {
    const { code, stderr, stdout } = await as(role, 'mallory', argv);
    expect(`${stderr}${stdout}`).toMatch(message);
    expect(code).toBe(1);
  });
});

it('grants of one type read nothing of another', async () => {
  // A type whose name starts with the name of the other one.
  const called = await as('SubmitOnly', 'ann', ['show', 'plain-other.x1']);
  expect(called).toMatchObject({ code: 1, stderr: expect.stringMatching(/may not call dynamodb:/) });
});
