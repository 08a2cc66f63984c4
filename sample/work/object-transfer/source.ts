import {
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { describeError } from 'taskbound-evidence/describe-error';
import { SourceUnreadable } from './errors.ts';

/** The name of an object. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
}

export interface Source extends ObjectName {
  readonly bytes: number;
  /** With quotes, as S3 returns and accepts it. */
  readonly etag: string;
  /** S3's full answer: checksums, and the metadata that a copy in parts must set again. */
  readonly head: HeadObjectCommandOutput;
}

/** Reads the metadata of the source, not its content. */
export async function readSource(s3: S3Client, name: ObjectName, abortSignal: AbortSignal): Promise<Source> {
  const at = { Bucket: name.bucket, Key: name.key };
  const head = await s3
    .send(new HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }), { abortSignal })
    .catch(async (error: unknown) => {
      abortSignal.throwIfAborted();
      throw unreadable(name, await describeHeadError(s3, at, error, abortSignal));
    });
  if (head.ContentLength === undefined || !head.ETag) {
    throw new SourceUnreadable(
      `S3 returned no length or ETag of ${objectText(name)}; both are needed to copy it. Try again.`,
    );
  }
  return { ...name, bytes: head.ContentLength, etag: head.ETag, head };
}

export const objectText = ({ bucket, key }: ObjectName): string =>
  `object ${JSON.stringify(key)} in bucket ${bucket}`;

/** The answer to HEAD has no body, and so no error code. A GET of the same object returns one. */
async function describeHeadError(
  s3: S3Client,
  at: { Bucket: string; Key: string },
  headError: unknown,
  abortSignal: AbortSignal,
): Promise<string> {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ ...at, Range: 'bytes=0-0' }), { abortSignal });
    if (Body && 'destroy' in Body && typeof Body.destroy === 'function') Body.destroy();
    return describeError(headError);
  } catch (error) {
    return describeError(error);
  }
}

/**
 * Without `s3:ListBucket`, which no task needs, S3 answers AccessDenied for an object that is missing:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
 */
const unreadable = (name: ObjectName, answer: string): SourceUnreadable =>
  new SourceUnreadable(
    `Cannot read ${objectText(name)}: it is missing, or this task was not granted it (S3 distinguishes the two only for callers that may list the bucket). S3 answered: ${answer}. Check the key and that the object exists.`,
  );
