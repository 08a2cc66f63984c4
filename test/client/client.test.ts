import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { EmbeddedAws } from 'taskbound-local/embedded-aws';
import {
  approve,
  CredentialError,
  end,
  NotPermitted,
  refuse,
  status,
  submit,
  waitUntilClosed,
  type ClientOptions,
} from 'taskbound/client';
import { sessionConfig } from '../../cli/connection/person-config.ts';
import { manifestIn, roleNamed } from '../../simulation/world/stack-manifest.ts';
import { declaredWorld } from '../fixtures/declared-world.ts';
import { GrantedStack, type RoleId } from '../fixtures/granted-stack.ts';
import { freshId, T0 } from '../scenarios/deployed.ts';

let aws: EmbeddedAws;
const load = declaredWorld((app) => new GrantedStack(app), T0);
beforeAll(async () => {
  ({ aws } = await load());
});

/** A program with the credentials of a role that has exactly one grant. */
const as = (role: RoleId, name: string): ClientOptions => ({
  stack: 'Granted',
  clock: aws.clock,
  config: sessionConfig(
    { config: aws.clientConfig(), clock: aws.clock, hasPeople: false },
    { name, role: roleNamed(manifestIn(aws, 'Granted'), role) },
  ),
});
const request = (change: object = {}) => ({
  type: 'plain',
  reason: 'a program asks',
  parameters: { how: 'succeed' },
  ...change,
});

describe('a program', () => {
  it('submits a task and waits until its boundary is closed, with grantSubmit', async () => {
    const program = as('SubmitOnly', 'robot');
    const task = await submit(request(), program);
    expect(task).toMatchObject({ created: true, boundaryId: expect.stringMatching(/^plain\.2026\d{4}T/) });
    expect(await waitUntilClosed(task.boundaryId, program)).toEqual({
      boundaryId: task.boundaryId,
      taskId: task.taskId,
      type: 'plain',
      phase: 'closed',
      requester: 'robot',
      waitsFor: null,
      outcome: 'succeeded',
      result: 'raw',
      error: null,
      proof: 'refused',
      executionArn: task.executionArn,
    });
  });

  it('sees why a task failed', async () => {
    const program = as('SubmitOnly', 'robot');
    const { boundaryId } = await submit(request({ parameters: { how: 'throws' } }), program);
    expect(await waitUntilClosed(boundaryId, program)).toMatchObject({
      outcome: 'failed',
      result: null,
      error: expect.stringMatching(/^RawWorkBroke: .*broke on purpose/),
    });
  });

  it('approves exactly what status showed, with grantDecide', async () => {
    const program = as('SubmitOnly', 'robot');
    const { boundaryId } = await submit(request({ type: 'approved' }), program);
    const approver = as('DecideOnly', 'bob');
    const { phase, waitsFor } = await status(boundaryId, approver);
    expect({ phase, waitsFor }).toEqual({
      phase: 'requested',
      waitsFor: {
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        approvals: 0,
        quorum: 1,
        expiresAt: expect.any(String),
      },
    });
    await expect(approve(boundaryId, { ...approver, digest: '0'.repeat(64) })).rejects.toMatchObject({
      name: 'DecisionRefused',
      message: expect.stringMatching(/is about the grant 0000/),
    });
    const digest = waitsFor?.digest ?? '';
    expect(await approve(boundaryId, { ...approver, digest, reason: 'looked at it' })).toMatchObject({
      decision: 'approve',
      person: 'bob',
      approvals: 1,
      phase: 'approved',
    });
    expect(await waitUntilClosed(boundaryId, program)).toMatchObject({ outcome: 'succeeded' });
  });

  it('refuses, and approves what waits now when it gives no digest', async () => {
    const program = as('SubmitOnly', 'robot');
    const approver = as('DecideOnly', 'bob');
    const [one, two] = [
      await submit(request({ type: 'approved' }), program),
      await submit(request({ type: 'approved' }), program),
    ];
    expect(await refuse(one.boundaryId, { ...approver, reason: 'not today' })).toMatchObject({
      decision: 'refuse',
    });
    expect(await approve(two.boundaryId, approver)).toMatchObject({ approvals: 1 });
    expect(await waitUntilClosed(one.boundaryId, program)).toMatchObject({
      outcome: 'failed',
      error: expect.stringMatching(/refused by bob: not today/),
      proof: 'nothing-issued',
    });
  });

  it('reviews an emergency, which has no digest', async () => {
    const program = as('SubmitOnly', 'robot');
    const { boundaryId } = await submit(request({ type: 'approved', emergency: 'It burns.' }), program);
    await waitUntilClosed(boundaryId, program);
    expect(await approve(`${boundaryId}.review`, as('DecideOnly', 'bob'))).toMatchObject({
      phase: 'justified',
    });
  });

  it('ends a task, with grantEnd', async () => {
    const { boundaryId } = await submit(request({ type: 'approved' }), as('SubmitOnly', 'robot'));
    const guard = as('EndOnly', 'guard');
    expect(await end(boundaryId, { ...guard, reason: 'enough' })).toMatchObject({ person: 'guard' });
    expect(await waitUntilClosed(boundaryId, guard)).toMatchObject({
      phase: 'closed',
      proof: 'nothing-issued',
    });
  });
});

describe('an error has its own name, and nothing was done', () => {
  const robot = () => as('SubmitOnly', 'robot');
  it.each<[string, () => Promise<unknown>, string, RegExp]>([
    [
      'a malformed request',
      () => submit(request({ parameters: { how: 'no' } }), robot()),
      'MalformedRequest',
      /how/,
    ],
    [
      'an id that is taken',
      async () => {
        const taskId = freshId('taken');
        await submit(request({ taskId }), robot());
        return submit(request({ taskId, reason: 'another' }), robot());
      },
      'TaskIdTaken',
      /taken/,
    ],
    [
      'a missing grant',
      () => submit(request(), as('EndOnly', 'guard')),
      'NotPermitted',
      /Get grantSubmit of the task type/,
    ],
    [
      'a role without any grant',
      () => status('plain.x1', { ...robot(), config: strangers() }),
      'NotPermitted',
      /every grant contains/,
    ],
    [
      'an unknown task',
      () => status('plain.never', robot()),
      'UnknownTask',
      /no task plain\.never in the stack Granted/,
    ],
    [
      'an unknown task to end',
      () => end('plain.never', { ...as('EndOnly', 'guard'), reason: 'x' }),
      'UnknownTask',
      /plain\.never/,
    ],
    ['a task that is no id', () => status('whatever', robot()), 'UsageError', /"whatever" is not a task/],
    [
      'an unknown stack',
      () => submit(request(), { ...robot(), stack: 'Gone' }),
      'NotPermitted',
      /Gone\/manifest/,
    ],
    ['no stack', () => submit(request(), { ...robot(), stack: '' }), 'UsageError', /No stack was given/],
    [
      'an access key that AWS does not know',
      () => submit(request(), { ...robot(), config: unknownKey() }),
      'CredentialError',
      /does not know the credentials/,
    ],
    [
      'a task that is not closed in time',
      async () => {
        const { boundaryId } = await submit(request({ type: 'approved' }), robot());
        return waitUntilClosed(boundaryId, { ...robot(), timeoutSeconds: 5 });
      },
      'ServiceFailure',
      /is not closed after 5 seconds: it is requested/,
    ],
  ])('%s', async (_what, act, name, message) => {
    await expect(act()).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  });

  const unknownKey = () => ({
    ...aws.clientConfig(),
    credentials: { accessKeyId: 'AKIAUNKNOWN000000000', secretAccessKey: 'x' },
  });
  const strangers = () =>
    sessionConfig(
      { config: aws.clientConfig(), clock: aws.clock, hasPeople: false },
      {
        name: 'eve',
        role: aws.iam.roles().find(({ name }) => name.startsWith('Granted-Strangers'))?.arn ?? '',
      },
    );

  it('and its class is exported', async () => {
    await expect(submit(request(), as('EndOnly', 'guard'))).rejects.toBeInstanceOf(NotPermitted);
    await expect(submit(request(), { ...robot(), config: unknownKey() })).rejects.toBeInstanceOf(
      CredentialError,
    );
  });

  it('a lost response is asked for again, so the task exists once', async () => {
    let lost = 0;
    aws.intercept = ({ operation, request: { path } }) =>
      operation === 'Invoke' && path.startsWith('/lambda-url/') && (lost += 1) === 1
        ? { loseAnswer: true }
        : 'proceed';
    onTestFinished(() => void (aws.intercept = undefined));
    expect(await submit(request(), robot())).toMatchObject({ created: false });
  });
});
