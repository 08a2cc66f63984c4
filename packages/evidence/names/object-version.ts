/** Actions on an object that have another name where the request names a version of it. */
const WITH_VERSION = /^(Get|Put|Delete)Object(Tagging|Acl|Attributes)?$/;

/**
 * What IAM asks for instead of an action of S3 where a version is named: `GetObject` of one is `GetObjectVersion`, its tags'
 * `GetObjectVersionTagging`. Others stay as they are.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
export const versionedAction = (action: string): string =>
  WITH_VERSION.test(action) ? action.replace('Object', 'ObjectVersion') : action;
