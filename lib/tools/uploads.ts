import { Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { DeclarationError } from '../../core/shared/errors.ts';
import { placeholdersIn } from '../../core/grants/session-policy.ts';
import type { Upload, UploadBucket } from './multipart-upload.ts';
import type { Tool } from './tool.ts';

/** Actions that only a tool has that works with uploads over more than one call. */
const OF_UPLOADS = new Set(['s3:abortmultipartupload', 's3:listmultipartuploadparts']);

/**
 * A task that is ended cannot tidy up: its session is denied. So the bucket must, and synth says so when it does not. What is looked at is
 * what is deployed, whoever put the rule there and when.
 */
export function checkUploads(scope: IConstruct, tools: Readonly<Record<string, Tool>>): void {
  for (const [name, tool] of Object.entries(tools)) {
    if (tool.upload === undefined) assertNoUploads(name, tool);
    else checkUpload(scope, name, tool.upload);
  }
}

function assertNoUploads(name: string, tool: Tool): void {
  const action = tool.toSpec(name).actions.find((each) => OF_UPLOADS.has(each.toLowerCase()));
  if (action === undefined) return;
  throw new DeclarationError(
    `Tool ${name} allows ${action} by itself, so that synth cannot see which bucket unfinished uploads stay in. Declare it as Tool.multipartUpload(bucket, '{key}').`,
  );
}

function checkUpload(scope: IConstruct, name: string, upload: Upload): void {
  const { bucket, key, lifecycleElsewhere } = upload;
  const resource = bucket.node.defaultChild;
  if (resource instanceof s3.CfnBucket) {
    scope.node.addValidation({
      validate: () => (removesUploads(resource, key) ? [] : [missing(name, bucket)]),
    });
  } else if (!lifecycleElsewhere) {
    throw new DeclarationError(
      `Tool ${name} uploads in parts to ${bucket.node.path}, whose rules this stack does not declare. See that it has a lifecycle rule that aborts incomplete multipart uploads, and say so: Tool.multipartUpload(bucket, key, { lifecycleElsewhere: 'where the rule is' }).`,
    );
  }
}

const missing = (name: string, bucket: UploadBucket): string =>
  `Tool ${name} uploads in parts to ${bucket.node.path}, which has no enabled lifecycle rule that aborts incomplete multipart uploads under its keys: what a task leaves that is ended would stay there, unseen and paid for. Give the bucket lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }].`;

interface Rule {
  readonly Status?: unknown;
  readonly Prefix?: unknown;
  readonly AbortIncompleteMultipartUpload?: unknown;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html */
function removesUploads(bucket: s3.CfnBucket, key: string): boolean {
  const resolved: unknown = Stack.of(bucket).resolve(bucket.lifecycleConfiguration);
  const { rules = [] } = (resolved ?? {}) as { readonly rules?: readonly object[] };
  return rules.map(upperKeys).some((rule) => {
    const { Status, Prefix = '', AbortIncompleteMultipartUpload: abort } = rule;
    return Status === 'Enabled' && abort !== undefined && fixedPart(key).startsWith(String(Prefix));
  });
}

/** CDK's own spelling of a CloudFormation property, or CloudFormation's where somebody wrote that. */
const upperKeys = (rule: object): Rule =>
  Object.fromEntries(
    Object.entries(rule).map(([name, value]) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}`, value]),
  );

/** What every key that a template can become begins with. */
function fixedPart(key: string): string {
  const [first] = placeholdersIn(key);
  return first === undefined ? key : key.slice(0, key.indexOf(`{${first}}`));
}
