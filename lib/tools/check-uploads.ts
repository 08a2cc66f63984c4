import { Stack } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import { placeholdersIn } from '../../core/grants/session-policy.ts';
import { DeclarationError } from '../../core/shared/errors.ts';
import type { Tool } from './tool.ts';
import type { UploadBucket, UploadTarget } from './upload-target.ts';

/** Actions that only a tool for multipart uploads needs. */
const MULTIPART_ACTIONS = new Set(['s3:abortmultipartupload', 's3:listmultipartuploadparts']);

/**
 * A task that is ended cannot clean up, because its session is denied. So the bucket must, and synth fails if it does not. The check looks
 * at the rules that are deployed, no matter which code added them, or when.
 */
export function checkUploads(scope: IConstruct, tools: Readonly<Record<string, Tool>>): void {
  for (const [name, tool] of Object.entries(tools)) {
    if (tool._upload === undefined) assertNoUploads(name, tool);
    else checkUpload(scope, name, tool._upload);
  }
}

function assertNoUploads(name: string, tool: Tool): void {
  const { actions } = tool._toSpec(name);
  const action = actions.find((each) => MULTIPART_ACTIONS.has(each.toLowerCase()));
  if (action === undefined) return;
  throw new DeclarationError(
    `Tool ${name} allows ${action} by itself, so synth cannot see in which bucket unfinished uploads remain. Declare it as Tool.multipartUpload(bucket, '{key}').`,
  );
}

function checkUpload(scope: IConstruct, name: string, target: UploadTarget): void {
  const { bucket, key, lifecycleElsewhere } = target;
  const resource = bucket.node.defaultChild;
  if (resource instanceof s3.CfnBucket) {
    scope.node.addValidation({
      validate: () => (removesUploads(resource, key) ? [] : [missingRule(name, bucket)]),
    });
  } else if (!lifecycleElsewhere) {
    throw new DeclarationError(
      `Tool ${name} uploads in parts to ${bucket.node.path}, whose rules this stack does not declare. Make sure that it has a lifecycle rule that aborts incomplete multipart uploads, and name its place: Tool.multipartUpload(bucket, key, { lifecycleElsewhere: 'where the rule is' }).`,
    );
  }
}

const missingRule = (name: string, bucket: UploadBucket): string =>
  `Tool ${name} uploads in parts to ${bucket.node.path}, which has no enabled lifecycle rule that aborts incomplete multipart uploads under its keys: the parts of a task that is ended would remain, invisible and billed. Give the bucket lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }].`;

interface LifecycleRule {
  readonly Status?: unknown;
  readonly Prefix?: unknown;
  readonly AbortIncompleteMultipartUpload?: unknown;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html */
function removesUploads(bucket: s3.CfnBucket, key: string): boolean {
  const resolved: unknown = Stack.of(bucket).resolve(bucket.lifecycleConfiguration);
  const { rules = [] } = (resolved ?? {}) as { readonly rules?: readonly object[] };
  return rules.map(withUpperCaseNames).some((rule) => {
    const { Status, Prefix = '', AbortIncompleteMultipartUpload: abort } = rule;
    return Status === 'Enabled' && abort !== undefined && fixedPart(key).startsWith(String(Prefix));
  });
}

/** CDK and CloudFormation write the same property with a lower or an upper case initial. */
const withUpperCaseNames = (rule: object): LifecycleRule =>
  Object.fromEntries(
    Object.entries(rule).map(([name, value]) => [`${name.charAt(0).toUpperCase()}${name.slice(1)}`, value]),
  );

/** The part before the first parameter, with which every key starts. */
function fixedPart(key: string): string {
  const [first] = placeholdersIn(key);
  return first === undefined ? key : key.slice(0, key.indexOf(`{${first}}`));
}
