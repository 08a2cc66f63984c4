import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { Work } from 'taskbound/runtime';
import { fakeTask } from 'taskbound/testing';
import { mockAws } from '../fixtures/mock-aws.ts';

/** Reads an object in parts that it counts, with a key from a secret, and returns a checkpoint when little time is left. */
const countLines: Work = async (task) => {
  if (task.timeLeftMs() < 1000) return task.more({ lines: 1 });
  const key = await task.secret('key');
  task.log.info('begins', { key: key.reveal() });
  const s3 = task.client(S3Client);
  await s3.send(new GetObjectCommand({ Bucket: 'b', Key: String(task.parameters['key']) }));
  return { taskId: task.taskId, deadlineMs: task.deadlineMs, before: task.checkpoint };
};

const options = { parameters: { key: 'a.csv' }, secrets: { key: 'correct horse battery' } };

describe('fakeTask', () => {
  it('runs a work function whose commands the test answers', async () => {
    const s3 = mockAws(S3Client);
    s3.on(GetObjectCommand).resolves({});
    const task = fakeTask({ ...options, nowMs: 1000, timeLeftMs: 5000, checkpoint: { lines: 2 } });
    expect(await countLines(task)).toEqual({ taskId: 'task-1', deadlineMs: 6000, before: { lines: 2 } });
    expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input).toEqual({ Bucket: 'b', Key: 'a.csv' });
  });

  it('redacts secret values in what the work logs', async () => {
    const task = fakeTask(options);
    await countLines(task).catch(() => undefined);
    expect(task.logged).toEqual([expect.stringContaining('"key":"[redacted]"')]);
  });

  it('fails a command that the test does not answer, without leaving the machine', async () => {
    await expect(countLines(fakeTask(options))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('refuses a secret that the test does not pass, and names those that it does', async () => {
    const task = fakeTask({ secrets: { other: 'x' } });
    await expect(task.secret('key')).rejects.toMatchObject({
      name: 'SecretNotDeclared',
      message: expect.stringContaining('"key" is not in this test; it has other'),
    });
  });

  it('returns the checkpoint that the work passes on', async () => {
    expect(await countLines(fakeTask({ timeLeftMs: 10 }))).toMatchObject({ checkpoint: { lines: 1 } });
  });

  it('passes on the signal of the test', () => {
    const { signal } = new AbortController();
    expect(fakeTask({ signal }).signal).toBe(signal);
  });
});
