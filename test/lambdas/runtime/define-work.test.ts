import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetSecretValueCommand,
  SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { mockAws } from '../../fixtures/mock-aws.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { CHECKPOINT_BYTES, RESULT_BYTES, workReturn } from '../../../core/work/work.ts';
import { defineWork, type Json, type Task } from '../../../lambdas/runtime/index.ts';
import { contextWith, NOW_MS, PASSWORD, SESSION, fakeRuntime, workEvent } from './harness.ts';

const s3 = mockAws(S3Client);
afterEach(() => s3.reset());

describe('defineWork', () => {
  it('passes the task to the work and returns its result in the form of the contract', async () => {
    const { invoke } = fakeRuntime();
    let seen: Task | undefined;
    const returned = await invoke(async (task) => {
      seen = task;
      return { moved: 1 };
    });
    expect(workReturn.parse(returned)).toEqual(returned);
    expect(returned).toMatchObject({ done: true, result: { moved: 1 }, tools: { uses: [], count: 0 } });
    expect(seen).toMatchObject({
      taskId: 't-1',
      boundaryId: 'demo.t-1',
      taskType: 'demo',
      parameters: { key: 'a/b.csv' },
      checkpoint: null,
      deadlineMs: NOW_MS + 600_000,
    });
    expect(seen?.nowMs()).toBe(NOW_MS);
  });

  it('returns null when the work returns nothing', async () => {
    const { invoke } = fakeRuntime();
    expect(await invoke(async () => undefined)).toMatchObject({ done: true, result: null });
  });

  it('creates clients with the session despite other settings, and puts no credential into the environment', async () => {
    const { invoke } = fakeRuntime();
    const before = JSON.stringify(process.env);
    await invoke(async (task) => {
      const client = task.client(S3Client, {
        region: 'eu-west-1',
        credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
      });
      expect(await client.config.credentials()).toMatchObject({
        accessKeyId: SESSION.accessKeyId,
        sessionToken: SESSION.sessionToken,
      });
      expect(await client.config.region()).toBe('eu-west-1');
      expect(await task.client(S3Client).config.region()).toBe('eu-central-1');
    });
    expect(JSON.stringify(process.env)).toBe(before);
  });

  it('fetches only declared JIT secrets, with the session and once each', async () => {
    const { invoke, secrets } = fakeRuntime();
    await invoke(async (task) => {
      const [one, two] = await Promise.all([task.secret('password'), task.secret('password')]);
      expect(one.reveal()).toBe(PASSWORD);
      expect(two).toBe(one);
      await expect(task.secret('toString')).rejects.toMatchObject({
        name: 'SecretNotDeclared',
        message: expect.stringContaining('password'),
      });
    });
    expect(
      secrets.commandCalls(GetSecretValueCommand, { SecretId: workEvent().secrets['password'] }),
    ).toHaveLength(1);
  });

  it('fetches a secret again after a failure', async () => {
    const { invoke, secrets } = fakeRuntime();
    const id = workEvent().secrets['password'];
    secrets
      .on(GetSecretValueCommand, { SecretId: id })
      .rejectsOnce(new Error('busy'))
      .resolves({ SecretString: PASSWORD });
    await invoke(async (task) => {
      await expect(task.secret('password')).rejects.toThrow('busy');
      expect((await task.secret('password')).reveal()).toBe(PASSWORD);
    });
  });

  it('keeps the name of an error of the work and of AWS', async () => {
    const { invoke } = fakeRuntime();
    await expect(invoke(async () => Promise.reject(new RangeError('too far')))).rejects.toMatchObject({
      name: 'RangeError',
      message: 'too far',
    });
    s3.on(HeadObjectCommand).rejects(
      Object.assign(new Error('User … is not authorized'), { name: 'AccessDenied' }),
    );
    const denied = invoke(
      async (task) =>
        void (await task.client(S3Client).send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' }))),
    );
    await expect(denied).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('work that has more to do', () => {
  it('returns its checkpoint and its uses, and the next run receives the checkpoint', async () => {
    const { invoke } = fakeRuntime();
    const first = await invoke(async (task) => task.more({ part: [1], from: task.checkpoint }));
    expect(workReturn.parse(first)).toEqual(first);
    expect(first).toMatchObject({ done: false, checkpoint: { part: [1], from: null }, tools: { count: 0 } });
    const checkpoint = first.done ? null : first.checkpoint;
    expect(await invoke(async (task) => task.checkpoint, { checkpoint })).toMatchObject({
      done: true,
      result: { part: [1], from: null },
    });
  });

  it('receives the remaining time, until the function’s timeout or the deadline', async () => {
    const { invoke } = fakeRuntime();
    const left = async (leftMs: number) =>
      invoke(async (task) => task.timeLeftMs(), {}, leftMs).then((given) => given.done && given.result);
    expect([await left(60_000), await left(3_600_000)]).toEqual([60_000, 600_000]);
  });

  it('returns no secret value in its checkpoint', async () => {
    const { invoke } = fakeRuntime();
    const handed = await invoke(async (task) => task.more({ key: (await task.secret('password')).reveal() }));
    expect(handed).toMatchObject({ done: false, checkpoint: { key: '[redacted]' } });
  });

  it('may return a checkpoint of at most 32 KiB, which must be valid JSON', async () => {
    const { invoke } = fakeRuntime();
    const exact = 'x'.repeat(CHECKPOINT_BYTES - 2);
    expect(await invoke(async (task) => task.more(exact))).toMatchObject({ done: false, checkpoint: exact });
    await expect(invoke(async (task) => task.more(`${exact}y`))).rejects.toMatchObject({
      name: 'CheckpointTooLarge',
      message: expect.stringContaining('32769 bytes'),
    });
    const circle: Record<string, Json> = {};
    circle['itself'] = circle;
    await expect(invoke(async (task) => task.more(circle))).rejects.toMatchObject({
      name: 'ResultNotJson',
      message: expect.stringContaining('checkpoint'),
    });
  });

  it('is done when it returns a result that only looks like a checkpoint', async () => {
    const { invoke } = fakeRuntime();
    const looks = { done: false, checkpoint: 1 };
    expect(await invoke(async () => looks)).toMatchObject({ done: true, result: looks });
  });
});

const unknownSecret = new SecretsManagerServiceException({
  name: 'ResourceNotFoundException',
  message: "Secrets Manager can't find it.",
  $fault: 'client',
  $metadata: {},
});

describe('what was made a moment ago', () => {
  it('is read again until it is known: the session and a JIT secret', async () => {
    const { invoke, secrets, wakeAll } = fakeRuntime();
    const { sessionSecretId, secrets: ids } = workEvent();
    for (const [SecretId, SecretString] of [
      [sessionSecretId, JSON.stringify(SESSION)],
      [ids['password'], PASSWORD],
    ])
      secrets
        .on(GetSecretValueCommand, { SecretId })
        .rejectsOnce(unknownSecret)
        .rejectsOnce(unknownSecret)
        .resolves({ SecretString });
    const ended = invoke(async (task) => (await task.secret('password')).reveal().length);
    expect(await wakeAll(ended)).toBe(600);
    expect(await ended).toMatchObject({ done: true, result: PASSWORD.length });
  });
});

describe('defineWork refuses', () => {
  it.each([
    ['an undefined event', undefined],
    ['an empty event', {}],
    ['an unknown field', { ...workEvent(), credentials: 'x' }],
    ['a deadline that is not a time', { ...workEvent(), deadline: 'soon' }],
  ])('%s', async (_what, event) => {
    const { ports, secrets } = fakeRuntime();
    const handler = defineWork(async () => null, ports);
    await expect(handler(event, contextWith(1))).rejects.toMatchObject({
      name: 'MalformedWorkEvent',
    });
    expect(secrets.calls()).toHaveLength(0);
  });

  it('a lease that is over', async () => {
    const { invoke, secrets } = fakeRuntime();
    await expect(invoke(async () => null, { deadline: '2026-11-23T10:00:00Z' })).rejects.toMatchObject({
      name: 'LeaseOver',
    });
    expect(secrets.calls()).toHaveLength(0);
  });

  it('a session that cannot be read, with the message of AWS', async () => {
    const { invoke, secrets, wakeAll } = fakeRuntime();
    secrets.on(GetSecretValueCommand).rejects(unknownSecret);
    const ended = invoke(async () => null).catch((error: unknown) => error);
    const waitedMs = await wakeAll(ended);
    expect(await ended).toMatchObject({
      name: 'SessionUnreadable',
      message: expect.stringMatching(/demo\.t-1.*ResourceNotFoundException: Secrets Manager can't find it/),
    });
    expect(waitedMs).toBeGreaterThan(9_000);
    expect(waitedMs).toBeLessThanOrEqual(10_000);
  });

  it('a session that cannot be read within half of the time that is left', async () => {
    const { invoke, secrets, wakeAll } = fakeRuntime();
    secrets.on(GetSecretValueCommand).rejects(unknownSecret);
    const ended = invoke(async () => null, {}, 4_000).catch((error: unknown) => error);
    expect(await wakeAll(ended)).toBeLessThanOrEqual(2_000);
    expect(await ended).toMatchObject({ name: 'SessionUnreadable' });
  });

  it('a session that it may not read, at once', async () => {
    const { invoke, secrets } = fakeRuntime();
    const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    secrets.on(GetSecretValueCommand).rejects(denied);
    await expect(invoke(async () => null)).rejects.toMatchObject({ name: 'SessionUnreadable' });
    expect(secrets.calls()).toHaveLength(1);
  });

  it.each(['', 'not json: hidden-value-1', '{"accessKeyId":"hidden-value-1"}'])(
    'a session secret that contains %j, without showing it',
    async (SecretString) => {
      const { invoke, secrets } = fakeRuntime();
      secrets.on(GetSecretValueCommand).resolves({ SecretString });
      const error: unknown = await invoke(async () => null).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ name: 'SessionUnreadable' });
      expect(String(error)).not.toContain('hidden-value-1');
    },
  );

  it('an empty JIT secret', async () => {
    const { invoke, secrets } = fakeRuntime();
    secrets.on(GetSecretValueCommand, { SecretId: workEvent().secrets['password'] }).resolves({});
    await expect(invoke(async (task) => void (await task.secret('password')))).rejects.toMatchObject({
      name: 'SecretEmpty',
    });
  });

  it('a result of more than 32 KiB with both numbers, and accepts exactly 32 KiB', async () => {
    const { invoke } = fakeRuntime();
    const exact = 'x'.repeat(RESULT_BYTES - 2);
    expect(await invoke(async () => exact)).toMatchObject({ done: true, result: exact });
    await expect(invoke(async () => `${exact}y`)).rejects.toMatchObject({
      name: 'ResultTooLarge',
      message: expect.stringContaining('32769 bytes'),
    });
    await expect(invoke(async () => 'x'.repeat(1 << 20))).rejects.toMatchObject({
      name: 'ResultTooLarge',
      message: expect.stringContaining('1048578'),
    });
  });

  it('a result that is not valid JSON', async () => {
    const { ports } = fakeRuntime();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    for (const result of [circle, { big: 1n }, () => 1, Symbol('x')]) {
      const handler = defineWork(async () => result as never, ports);
      await expect(handler(workEvent(), contextWith(1_000))).rejects.toMatchObject({
        name: 'ResultNotJson',
      });
    }
  });
});

describe('task.signal', () => {
  it.each([
    [60_000, 'function', 55_000],
    [3_000_000, 'lease', 595_000],
    [4_000, 'function', 2_000],
  ])('with %i ms of function time is aborted for the %s after %i ms', async (leftMs, which, waitMs) => {
    const { invoke, sleeps } = fakeRuntime();
    await invoke(
      async (task) => {
        expect(sleeps.map(({ ms }) => ms)).toEqual([waitMs]);
        expect(task.signal.aborted).toBe(false);
        sleeps[0]?.wake();
        await Promise.resolve();
        await Promise.resolve();
        expect(task.signal.reason).toMatchObject({
          name: 'DeadlineNear',
          message: expect.stringContaining(`The ${which} ends`),
        });
      },
      {},
      leftMs,
    );
  });

  it('leaves no timer', async () => {
    const { invoke, sleeps } = fakeRuntime();
    await invoke(async () => null);
    await invoke(async () => Promise.reject(new Error('x'))).catch(() => undefined);
    expect(sleeps.map(({ cancelled }) => cancelled)).toEqual([true, true]);
  });
});

it('defineWork uses the function’s own client only to read the session', async () => {
  const { invoke, secrets, ports } = fakeRuntime();
  await invoke(async (task) => void (await task.secret('password')));
  const [session, password] = secrets.calls();
  expect(session?.thisValue).toBe(ports.ownSecrets);
  expect(password?.thisValue).not.toBe(ports.ownSecrets);
  expect(password?.thisValue).toBeInstanceOf(SecretsManagerClient);
});
