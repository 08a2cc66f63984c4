import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Io } from '../../../cli/io.ts';
import { call, fileIn, type Called } from '../support.ts';

let folder: string;
let env: Record<string, string>;
let stop: () => void = () => undefined;
let server: Promise<Called>;

/** One embedded AWS in real time for the whole file: what people do, they do in several terminals. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taskbound-test-'));
  const stopped = new Promise<void>((resolve) => (stop = resolve));
  const announced = new Promise<string>((out) => {
    const argv = ['local', '--assembly', inject('assemblies').misbehaving, '--policy-delay', '0', '--json'];
    server = call(folder, argv, { out, untilInterrupted: () => stopped });
  });
  env = JSON.parse(await announced).environment;
});
afterAll(async () => {
  stop();
  await server;
  await rm(folder, { recursive: true, force: true });
});

const taskbound = (argv: readonly string[], change: Partial<Io> = {}): Promise<Called> =>
  call(folder, [...argv, '--stack', 'Misbehaving'], { env, ...change });
const as = (name: string, role = 'Approvers'): string[] => ['--as', `${name}@${role}`];

async function request(taskId: string, change: Record<string, unknown> = {}): Promise<string> {
  const body = { type: 'approved', taskId, reason: 'a test', parameters: { how: 'succeed' }, ...change };
  return fileIn(folder, `${taskId}.json`, body);
}

/** Resolves when the task waits, which `run` says on standard error. */
async function running(taskId: string, change: Record<string, unknown> = {}) {
  const file = await request(taskId, change);
  let said = '';
  let heard: () => void = () => undefined;
  const waits = new Promise<void>((resolve) => (heard = resolve));
  const err = (text: string) => {
    said += text;
    if (/It waits for approval/.test(said)) heard();
  };
  const ended = taskbound(['run', file, '--json'], { err });
  await Promise.race([waits, ended]);
  return { ended, said: () => said };
}

describe('approve', () => {
  let asked: unknown;

  it('shows all that is approved, asks, and the task runs when enough people said yes', async () => {
    const { ended, said } = await running('two-people');
    const questions: string[] = [];
    const bob = await taskbound(['approve', 'approved.two-people', ...as('bob')], {
      ask: async (question) => {
        questions.push(question);
        return 'y';
      },
    });
    expect(bob.code, bob.stderr).toBe(0);
    expect(questions).toEqual(['Do you approve this? [y/N] ']);
    for (const part of [
      /requested by .*Requesters.*\/ann/,
      /because\s+"a test"/,
      /how = "succeed"/,
      /readNothing: s3:GetObject/,
      /on exactly "arn:aws:s3:::[\w-]+\/approved\/succeed"/,
      /1 min at a time, 2 min in all/,
      /Grant digest {2}[0-9a-f]{64}/,
    ])
      expect(bob.stderr).toMatch(part);
    expect(bob.stdout).toBe('bob approved approved.two-people: 1 of 2. It still waits.\n');

    const listed = await taskbound(['list']);
    expect(listed.stdout).toMatch(/approved\.two-people.*requested, waits for approval, 1 of 2 until/);

    const carol = await taskbound([
      'approve',
      'two-people',
      '--type',
      'approved',
      ...as('carol'),
      '--yes',
      '--json',
    ]);
    expect(JSON.parse(carol.stdout)).toMatchObject({
      person: 'carol',
      approvals: 2,
      quorum: 2,
      phase: 'approved',
    });
    const run = await ended;
    expect(run.code, run.stderr).toBe(0);
    expect(said()).toMatch(/It waits for approval, 0 of 2 until .*: taskbound approve approved\.two-people/);
    expect(JSON.parse(run.stdout)).toMatchObject({ outcome: 'succeeded', phase: 'closed', proof: 'refused' });
  });

  it('is 1 for whoever may not, with the reason, and changes nothing', async () => {
    await running('own', {});
    const own = await taskbound(['approve', 'approved.own', ...as('ann'), '--yes', '--json']);
    expect(own.code).toBe(1);
    expect(JSON.parse(own.stdout).error).toMatchObject({
      name: 'DecisionRefused',
      message: expect.stringContaining('ann asked for it; somebody else must decide'),
    });
    const outside = await taskbound(['approve', 'approved.own', ...as('bob', 'Requesters'), '--yes']);
    expect(outside.code).toBe(1);
    const refused = await taskbound(['refuse', 'approved.own', ...as('bob'), '--yes', '--reason', 'no']);
    expect(refused).toMatchObject({ code: 0, stdout: 'bob refused approved.own. It will not run.\n' });
    expect(refused.stderr).toMatch(/readNothing: s3:GetObject\n {6}on exactly "arn:aws:s3:::/);
    expect((await taskbound(['approve', 'approved.own', ...as('carol'), '--yes'])).code).toBe(1);
  });

  it.each<[string, string[], Partial<Io>, RegExp]>([
    ['nobody is there to answer', ['approve', 'approved.asked', ...as('bob')], {}, /In a script, add --yes/],
    [
      'the answer is no',
      ['approve', 'approved.asked', ...as('bob')],
      { ask: async () => 'n' },
      /nothing was done/,
    ],
    [
      'the task does not exist',
      ['approve', 'approved.never', ...as('bob'), '--yes'],
      {},
      /no task approved\.never/,
    ],
    ['the task is no id', ['approve', 'whatever', ...as('bob'), '--yes'], {}, /not a boundary id/],
    [
      'the person is no person',
      ['approve', 'approved.asked', '--as', 'bob', '--yes'],
      {},
      /--as "bob" was given/,
    ],
    [
      'the role is none',
      ['approve', 'approved.asked', ...as('bob', 'Nobody'), '--yes'],
      {},
      /"Nobody" is no role of the stack Misbehaving; its grants name the roles Requesters/,
    ],
    [
      'a refusal has no reason',
      ['refuse', 'approved.asked', ...as('bob'), '--yes'],
      {},
      /refuse needs --reason/,
    ],
    [
      'an end has no reason',
      ['revoke', 'approved.asked', ...as('bob'), '--yes'],
      {},
      /revoke needs --reason/,
    ],
    [
      'the reason is too long',
      ['revoke', 'approved.asked', '--yes', '--reason', 'x'.repeat(1025)],
      {},
      /1025 characters/,
    ],
    [
      'an approval is asked for where people are',
      ['run', 'asked.json', '--approve-as', 'bob@Approvers'],
      {},
      /--approve-as was given/,
    ],
  ])('is 2 when %s', async (_what, argv, change, message) => {
    if (!asked) asked = await running('asked');
    const called = await taskbound(argv, change);
    expect(called.code, called.stderr).toBe(2);
    expect(called.stderr).toMatch(message);
  });
});

it('revoke ends a waiting task, and one that works, and says when there is nothing left to end', async () => {
  await running('ended');
  const revoke = ['revoke', 'approved.ended', ...as('dave'), '--yes', '--reason', 'enough', '--json'];
  const first = await taskbound(revoke);
  expect(first.code, first.stderr).toBe(0);
  expect(JSON.parse(first.stdout)).toMatchObject({
    person: 'dave',
    phase: 'closed',
    proof: 'nothing-issued',
  });
  const second = await taskbound(['revoke', 'approved.ended', ...as('bob'), '--yes', '--reason', 'me too']);
  expect(second.code).toBe(1);
  expect(second.stderr).toMatch(/cannot be ended: it has ended/);
});

it('an emergency runs at once, and stands in the list until somebody else reviewed it', async () => {
  const file = await request('fire', { emergency: 'production is down' });
  expect((await taskbound(['run', file])).code).toBe(0);
  expect((await taskbound(['list'])).stdout).toMatch(
    /Emergencies to review: 1[^]*approved\.fire\.review.*production is down/,
  );
  expect((await taskbound(['show', 'approved.fire.review'])).stdout).toMatch(
    /emergency without approval \("production is down"\)/,
  );
  const kept = await taskbound(['show', 'approved.fire.review', '--out', 'kept', '--json']);
  expect(JSON.parse(kept.stdout).evidenceFile).toBe(join(folder, 'kept/approved.fire.review.evidence.json'));
  expect((await taskbound(['approve', 'approved.fire.review', ...as('ann'), '--yes'])).code).toBe(1);
  const review = await taskbound([
    'refuse',
    'approved.fire.review',
    ...as('bob'),
    '--yes',
    '--reason',
    'it was not',
  ]);
  expect(review).toMatchObject({
    code: 0,
    stdout: 'bob decided the review approved.fire.review: unjustified.\n',
  });
  expect((await taskbound(['list'])).stdout).not.toContain('Emergencies');
});
