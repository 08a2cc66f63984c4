import {
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { describeError } from 'taskbound-evidence/describe-error';
import { SourceUnreadable } from './errors.ts';

/** One object, named. */
export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
}

export interface Source extends ObjectName {
  readonly bytes: number;
  /** With its quotes, as S3 gives it and takes it. */
  readonly etag: string;
  /** Everything that S3 said of it: checksums, and the metadata that a copy in parts must set anew. */
  readonly head: HeadObjectCommandOutput;
}

/** Reads what S3 knows of the source, without reading the source. */
export async function readSource(s3: S3Client, name: ObjectName, abortSignal: AbortSignal): Promise<Source> {
  const at = { Bucket: name.bucket, Key: name.key };
  const head = await s3
    .send(new HeadObjectCommand({ ...at, ChecksumMode: 'ENABLED' }), { abortSignal })
    .catch(async (error: unknown) => {
      abortSignal.throwIfAborted();
      throw unreadable(name, await errorInWords(s3, at, error, abortSignal));
    });
  if (head.ContentLength === undefined || !head.ETag) {
    throw new SourceUnreadable(
      `S3 told no length or ETag of ${shown(name)}; both are needed to copy it. Try again.`,
    );
  }
  return { ...name, bytes: head.ContentLength, etag: head.ETag, head };
}

export const shown = ({ bucket, key }: ObjectName): string =>
  `object ${JSON.stringify(key)} in bucket ${bucket}`;

/** An answer to HEAD has no body, hence no error code: the same question as a GET is answered in words. */
async function errorInWords(
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

/** Without `s3:ListBucket`, which no task needs, S3 answers AccessDenied for an object that is missing: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
const unreadable = (name: ObjectName, said: string): SourceUnreadable =>
  new SourceUnreadable(
    `Cannot read ${shown(name)}: it is missing, or this task was not granted it (S3 tells the two apart only to who may list the bucket). S3 said: ${said}. Check the key and that the object exists.`,
  );
