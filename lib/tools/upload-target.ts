import type { IBucket } from 'aws-cdk-lib/aws-s3';

/** The part of a bucket that a tool needs. `s3.Bucket` is not assignable to `s3.IBucket` under exactOptionalPropertyTypes. */
export type UploadBucket = Pick<IBucket, 'node' | 'arnForObjects'>;

/** Where a tool may leave an unfinished multipart upload: its task can be ended at any moment. */
export interface UploadTarget {
  readonly bucket: UploadBucket;
  /** Contains the task's parameters. */
  readonly key: string;
  /** Where the lifecycle rule is that synth cannot read. */
  readonly lifecycleElsewhere: string | undefined;
}
