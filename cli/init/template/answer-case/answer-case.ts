import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Task } from 'taskbound/runtime';
import type { parameters } from './parameters.ts';

/** There is no case with this id. */
export class CaseNotFound extends Error {
  override readonly name = 'CaseNotFound';
}

export interface Settings {
  readonly table: string;
  readonly bucket: string;
}

/** Reads one case from the table and writes the answer to it as an object of the bucket. */
export async function answerCase(task: Task<typeof parameters>, { table, bucket }: Settings) {
  const { caseId } = task.parameters;
  // The clients have the identity of this task: they can do what its tools allow, until the task ends.
  const cases = DynamoDBDocumentClient.from(task.client(DynamoDBClient));
  const { Item } = await cases.send(new GetCommand({ TableName: table, Key: { caseId } }));
  if (Item === undefined) throw new CaseNotFound(`There is no case ${caseId} in the table ${table}.`);

  const answer = `Dear ${Item['customer']},\n\nthank you for your message "${Item['subject']}".\n`;
  const Key = `${caseId}.txt`;
  await task.client(S3Client).send(new PutObjectCommand({ Bucket: bucket, Key, Body: answer }));
  task.log.info('case answered', { caseId });
  // The result stays in the evidence, which nobody can delete: return names, not the text of a customer.
  return { answer: Key };
}
