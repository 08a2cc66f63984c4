import { S3Client, GetObjectCommand } from '@aws-sdk/client-s3';
import { parsePolicy } from 'taskbound-iam/parse';
import { sessionCredentials } from '../../../core/work/work.ts';
import type { Deployed } from '../deployed.ts';
import type { Request } from '../evidence/meddle.ts';
import { answer, summary, transfer, vacuum, type Scenario } from './scenario.ts';

/** Tasks without faults. */

/** Submits, follows and reads as `Requesters`. */
async function transferObject(stack: Deployed): Promise<string> {
  const ran = await stack.run(transfer());
  return `${summary(ran)}; deny ${ran.row.deny?.effective}; announced ${ran.row.announcedAtMs !== undefined}`;
}

/** A maintenance that two people read and approve. */
const maintainDatabase = async (stack: Deployed): Promise<string> => summary(await stack.run(vacuum(stack)));

/** A task that writes a reply to the case. */
async function answerCase(stack: Deployed): Promise<string> {
  const ran = await stack.run(answer());
  return `${summary(ran)}; replies ${(await stack.items('replies')).length}`;
}

/** A copy in parts takes two runs. S3 refuses to complete an upload with parts below 5 MiB, so the upload is aborted. */
async function abortedUpload(stack: Deployed): Promise<string> {
  stack.put('source', 'large', Buffer.from('x'.repeat(40)));
  stack.aws.intercept = ({ service, request }) =>
    service === 's3' && request.path.includes('partNumber=') ? { delayMs: 45_000 } : 'proceed';
  const ran = await stack.run(transfer('large'));
  stack.aws.intercept = undefined;
  const abort = stack.aws.trail.find((record) => record.eventName === 'AbortMultipartUpload');
  return `${summary(ran)}; leases ${ran.row.leases.length}; aborted ${abort?.errorCode ?? abort !== undefined}`;
}

/** The answer to the completion of a copy in parts is lost. The work reads the object and finds that it is complete. */
async function lostCompletionAnswer(stack: Deployed): Promise<string> {
  stack.put('source', 'onePart', Buffer.from('onePart'));
  let lost = 0;
  stack.aws.intercept = ({ service, request }) =>
    service === 's3' && request.method === 'POST' && request.path.includes('uploadId=') && (lost += 1) === 1
      ? { loseAnswer: true }
      : 'proceed';
  const ran = await stack.run(transfer('onePart'));
  stack.aws.intercept = undefined;
  return `${summary(ran)}; lost ${lost > 0}`;
}

const OPEN_BUCKET = 'open-to-everyone';
const OPEN_TO_EVERYONE = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${OPEN_BUCKET}/*` },
  ],
};

/** A bucket outside the type's ceiling that is open to everyone. It must still refuse the task's session. */
async function openBucket(stack: Deployed): Promise<string> {
  stack.aws.s3.createBucket(OPEN_BUCKET);
  stack.aws.s3.setBucketPolicy(OPEN_BUCKET, parsePolicy(JSON.stringify(OPEN_TO_EVERYONE), 'resource'));
  stack.aws.s3.put(OPEN_BUCKET, 'bait', Buffer.from('bait'));
  const seen: string[] = [];
  for (const request of [transfer(), vacuum(stack), answer()])
    seen.push(await runWithOpenBucket(stack, request));
  return seen.join('; ');
}

async function runWithOpenBucket(stack: Deployed, request: Request): Promise<string> {
  const known = new Set(stack.secretValues);
  const attempts: Promise<string>[] = [];
  const stop = stack.aws.states.onEvent(({ event }) => {
    if (event.type !== 'TaskScheduled' || attempts.length > 0) return;
    const session = [...stack.secretValues].find(
      (value) => !known.has(value) && value.startsWith('{"accessKeyId"'),
    );
    if (session !== undefined) attempts.push(readOpenBucket(stack, session));
  });
  const ran = await stack.run(request);
  stop();
  return `${summary(ran)}; bait ${await Promise.all(attempts)}`;
}

async function readOpenBucket(stack: Deployed, session: string): Promise<string> {
  const { accessKeyId, secretAccessKey, sessionToken } = sessionCredentials.parse(JSON.parse(session));
  const s3 = new S3Client({ ...stack.aws.clientConfig({ accessKeyId, secretAccessKey, sessionToken }) });
  return s3.send(new GetObjectCommand({ Bucket: OPEN_BUCKET, Key: 'bait' })).then(
    () => 'read',
    (error: Error) => error.name,
  );
}

export const WORKING: readonly Scenario[] = [
  { run: transferObject, shows: 'succeeded closed refused; deny true; announced true' },
  { run: maintainDatabase, shows: 'succeeded closed refused' },
  { run: answerCase, shows: 'succeeded closed refused; replies 1' },
  { run: abortedUpload, shows: 'failed closed refused EntityTooSmall; leases 2; aborted true' },
  { run: lostCompletionAnswer, shows: 'succeeded closed refused; lost true' },
  {
    run: openBucket,
    shows: Array.from({ length: 3 }, () => 'succeeded closed refused; bait AccessDenied').join('; '),
  },
];
