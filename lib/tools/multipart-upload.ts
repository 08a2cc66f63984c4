import type { IBucket } from 'aws-cdk-lib/aws-s3';

/** What is asked of a bucket. `s3.Bucket` itself is no `s3.IBucket` under exact optional properties. */
export type UploadBucket = Pick<IBucket, 'node' | 'arnForObjects'>;

/** Where a tool may leave a multipart upload that nobody finishes: its task can be ended at any moment. */
export interface Upload {
  readonly bucket: UploadBucket;
  /** With the task's parameters in it. */
  readonly key: string;
  /** Why a bucket whose rules synth cannot see is in order. */
  readonly lifecycleElsewhere: string | undefined;
}
