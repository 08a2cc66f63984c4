/**
 * The form of CloudTrail's digest files:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
import * as z from 'zod';

const hex = z.string().regex(/^[0-9a-f]*$/i);
const orNull = <T>(schema: z.ZodType<T>) => schema.nullish().transform((value) => value ?? null);
const time = z.iso.datetime({ offset: true });

/** The fields of a digest file that are used. */
export const digestDocument = z.object({
  awsAccountId: z.string(),
  digestStartTime: time,
  digestEndTime: time,
  digestS3Bucket: z.string(),
  digestS3Object: z.string(),
  digestPublicKeyFingerprint: z.string(),
  previousDigestS3Object: orNull(z.string()),
  previousDigestHashValue: orNull(hex),
  previousDigestSignature: orNull(hex),
  logFiles: z.array(
    z.object({
      s3Object: z.string(),
      hashValue: hex,
      oldestEventTime: orNull(time),
      newestEventTime: orNull(time),
    }),
  ),
});
export type DigestDocument = z.infer<typeof digestDocument>;

/** A digest file as it was found. Hashes are lower-case hex SHA-256 of the uncompressed content. */
export interface DigestFile {
  readonly name: string;
  readonly hash: string;
  readonly document: DigestDocument;
  /** From the object's metadata. A file in a folder has none. */
  readonly signature: string | undefined;
}

/**
 * A log file as it was found, and the hash of its uncompressed content. Only the last part of its path is
 * CloudTrail's own name.
 */
export interface LogFile {
  readonly name: string;
  readonly hash: string;
}

export const baseName = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** `…/CloudTrail-Digest/<region>/…` */
export const regionOf = ({ digestS3Object }: DigestDocument): string =>
  /(?:^|\/)CloudTrail-Digest\/([^/]+)\//.exec(digestS3Object)?.[1] ?? '';

/** A digest outside the chain, delivered later, for log files that the digest of their hour did not list. */
export const isBackfill = ({ name }: DigestFile): boolean => /_backfill\.json(\.gz)?$/.test(name);

/** `<account>_CloudTrail-Digest_<region>_<trail>_<region>_<end>.json.gz` */
export const trailOf = ({ digestS3Object }: DigestDocument): string =>
  baseName(digestS3Object).replace(/_[0-9]{8}T[0-9]{6}Z(_backfill)?\.json(\.gz)?$/, '');

export const secondsOf = (time: string): number => Date.parse(time) / 1000;
