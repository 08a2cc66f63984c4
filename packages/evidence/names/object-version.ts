/** Actions on an object that have another name if the request names a version. */
const WITH_VERSION = /^(Get|Put|Delete)Object(Tagging|Acl|Attributes)?$/;

/**
 * The S3 action that IAM requires if the request names a version: `GetObject` becomes `GetObjectVersion`, and
 * `GetObjectTagging` becomes `GetObjectVersionTagging`. Other actions stay the same.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
export const versionedAction = (action: string): string =>
  WITH_VERSION.test(action) ? action.replace('Object', 'ObjectVersion') : action;
