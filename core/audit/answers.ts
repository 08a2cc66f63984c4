/**
 * What a record's error says about permission. `answered`: there was none. `refused`: the caller was not let in, or not known any more.
 * `passed`: it failed, and only a caller who was let in could see it fail so. `unclear`: it may have failed before anybody asked.
 */
export type Answer = 'answered' | 'refused' | 'passed' | 'unclear';

/**
 * Refusals of all services, and of credentials that are over or unknown.
 * https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html, https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
const REFUSED =
  /^(Client\.)?(AccessDenied(Exception)?|Unauthorized(Operation|Access)?|NotAuthorized(Exception)?|AuthorizationError(Exception)?|AllAccessDisabled|AuthFailure|ExpiredToken(Exception)?|InvalidToken(Id)?|InvalidClientTokenId|InvalidAccessKeyId|UnrecognizedClientException|SignatureDoesNotMatch|TokenRefreshRequired|KMSAccessDenied(Exception)?)$/;

/** S3 tells of a missing key, and DynamoDB of a failed condition, only those who may use the resource. */
const PASSED = new Set([
  'ConditionalCheckFailedException',
  'TransactionCanceledException',
  'NoSuchKey',
  'NoSuchVersion',
  'PreconditionFailed',
  'NotModified',
  'InvalidRange',
]);

export function answerOf({ error }: { readonly error: string | null }): Answer {
  if (error === null) return 'answered';
  if (REFUSED.test(error)) return 'refused';
  return PASSED.has(error) ? 'passed' : 'unclear';
}
