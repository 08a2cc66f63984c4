import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { fakeTask } from 'taskbound/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { answerCase } from './answer-case.ts';

/** A unit test of the work function: without AWS, and without IAM. */
describe('answerCase', () => {
  const settings = { table: 'cases', bucket: 'answers' };
  const [table, bucket] = [mockClient(DynamoDBDocumentClient), mockClient(S3Client)];
  beforeEach(() => {
    table.reset();
    bucket.reset();
  });

  it('writes the answer to the case', async () => {
    table.on(GetCommand).resolves({ Item: { caseId: 'C-1001', customer: 'Ann', subject: 'A question' } });
    bucket.on(PutObjectCommand).resolves({});
    const task = fakeTask({ parameters: { caseId: 'C-1001' } });
    expect(await answerCase(task, settings)).toEqual({ answer: 'C-1001.txt' });
    expect(bucket.commandCalls(PutObjectCommand)[0]?.args[0].input).toMatchObject({
      Bucket: 'answers',
      Key: 'C-1001.txt',
      Body: expect.stringContaining('Dear Ann'),
    });
    expect(task.logged).toEqual([expect.stringContaining('case answered')]);
  });

  it('fails when there is no such case, and writes nothing', async () => {
    table.on(GetCommand).resolves({});
    const task = fakeTask({ parameters: { caseId: 'C-9' } });
    await expect(answerCase(task, settings)).rejects.toMatchObject({ name: 'CaseNotFound' });
    expect(bucket.calls()).toHaveLength(0);
  });
});
