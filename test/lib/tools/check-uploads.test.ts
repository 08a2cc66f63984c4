import { Duration, type Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { Parameter, Tool, type MultipartUploadOptions } from '../../../lib/index.ts';
import type { UploadBucket } from '../../../lib/tools/upload-target.ts';
import { inlineWork, stackWith } from '../sample.ts';
import { BoundedTask } from '../../../lib/index.ts';

const DAY = { abortIncompleteMultipartUploadAfter: Duration.days(1) };

/** The errors at synth for a type that uploads in parts to the bucket. */
function faults(
  bucketIn: (stack: Stack) => UploadBucket,
  { key = 'in/{key}', ...options }: MultipartUploadOptions & { readonly key?: string } = {},
): string[] {
  const { stack, boundary } = stackWith();
  const task = new BoundedTask(stack, 'Writer', {
    boundary,
    type: 'writer',
    parameters: { key: Parameter.s3Key() },
    tools: { write: Tool.multipartUpload(bucketIn(stack), key, options) },
    work: inlineWork(),
  });
  return task.node.validate();
}

const bucketWith = (props: s3.BucketProps) => (stack: Stack) => new s3.Bucket(stack, 'Into', props);

describe('a bucket that a tool uploads to in parts', () => {
  it.each<[string, s3.LifecycleRule]>([
    ['for the whole bucket', DAY],
    ['for a prefix of all keys of the tool', { ...DAY, prefix: 'in/' }],
  ])('is accepted with a rule that removes unfinished uploads, %s', (_what, rule) => {
    expect(faults(bucketWith({ lifecycleRules: [{ expiration: Duration.days(9) }, rule] }))).toEqual([]);
  });

  it.each<[string, s3.BucketProps]>([
    ['no rule', {}],
    ['a rule for another purpose', { lifecycleRules: [{ expiration: Duration.days(1) }] }],
    ['a disabled rule', { lifecycleRules: [{ ...DAY, enabled: false }] }],
    ['a rule for other keys', { lifecycleRules: [{ ...DAY, prefix: 'out/' }] }],
  ])('is refused at synth with %s', (_what, props) => {
    expect(faults(bucketWith(props))).toEqual([
      expect.stringMatching(
        /^Tool write uploads in parts to Other\/Into, which has no enabled lifecycle rule/,
      ),
    ]);
  });

  it('is refused with a rule for a prefix that a value of the parameter may lack', () => {
    const prefixed = bucketWith({ lifecycleRules: [{ ...DAY, prefix: 'in/' }] });
    expect(faults(prefixed, { key: '{key}' })).toHaveLength(1);
  });

  it('is checked as it is deployed, including rules that were added or removed later', () => {
    const added = (stack: Stack) => {
      const bucket = new s3.Bucket(stack, 'Into');
      bucket.addLifecycleRule(DAY);
      return bucket;
    };
    const overridden = (stack: Stack) => {
      const bucket = new s3.Bucket(stack, 'Into', { lifecycleRules: [DAY] });
      const resource = bucket.node.defaultChild as s3.CfnBucket;
      resource.lifecycleConfiguration = { rules: [] };
      return bucket;
    };
    expect(faults(added)).toEqual([]);
    expect(faults(overridden)).toHaveLength(1);
  });

  it('is refused when it is imported, unless its rule is acknowledged', () => {
    const imported = (stack: Stack) => s3.Bucket.fromBucketName(stack, 'Imported', 'theirs');
    expect(() => faults(imported)).toThrow(/whose rules this stack does not declare.*lifecycleElsewhere/);
    expect(() => faults(imported, { lifecycleElsewhere: '' })).toThrow(/lifecycleElsewhere/);
    expect(faults(imported, { lifecycleElsewhere: 'in the stack Storage' })).toEqual([]);
  });
});

describe('the upload tool', () => {
  it('allows an upload over several runs for its key, and is still checked when it is narrowed', () => {
    const bucket = bucketWith({})(stackWith().stack);
    const tool = Tool.multipartUpload(bucket, '{key}').when(
      'StringEquals',
      's3:x-amz-storage-class',
      'STANDARD',
    );
    expect(tool._toSpec('write')).toMatchObject({
      actions: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      resources: [bucket.arnForObjects('{key}')],
    });
    expect(tool._upload).toMatchObject({ key: '{key}' });
    expect(Tool.multipartUpload(bucket, '{key}', { readBack: true })._toSpec('write').actions).toContain(
      's3:GetObject',
    );
  });

  it.each(['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts', 'S3:abortmultipartupload'])(
    'is required for the action %s',
    (action) => {
      const write = Tool.allow('s3:PutObject', action).on('arn:aws:s3:::bucket/fixed');
      expect(() => stackWith({ tools: { write } })).toThrow(/Tool.multipartUpload|may not allow/);
    },
  );
});
