import { CopyObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Check, Checksums } from './checksum.ts';
import { copySource } from './copy-source.ts';
import type { ObjectName, Source } from './source.ts';

/**
 * Copies in one call, without tags and annotations. By default, S3 copies both, which needs permissions that
 * this task does not have: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export async function copyWhole(
  s3: S3Client,
  source: Source,
  to: ObjectName,
  check: Check,
  abortSignal: AbortSignal,
): Promise<Checksums> {
  const copied = await s3.send(
    new CopyObjectCommand({
      Bucket: to.bucket,
      Key: to.key,
      CopySource: copySource(source.bucket, source.key),
      CopySourceIfMatch: source.etag,
      TaggingDirective: 'REPLACE',
      AnnotationDirective: 'EXCLUDE',
      ...(check.by === 'full-object-checksum' && { ChecksumAlgorithm: check.algorithm }),
    }),
    { abortSignal },
  );
  return { ...copied.CopyObjectResult, ServerSideEncryption: copied.ServerSideEncryption };
}
