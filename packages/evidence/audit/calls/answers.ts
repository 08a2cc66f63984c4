/**
 * What a record's error says about permission. `answered`: there was none. `refused`: the caller was not let in, or not known any more.
 * `passed`: it failed, and only a caller who was let in could see it fail so. `rejected`: it was not carried out, whoever asked. `unclear`: it may be either.
 */
export type Answer = 'answered' | 'refused' | 'passed' | 'rejected' | 'unclear';

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

/**
 * Malformed, too many, or the service was not there: nothing was done and nothing told.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 */
const REJECTED =
  /^(Validation(Error|Exception)|Throttl\w*|SlowDown|RequestLimitExceeded|TooManyRequestsException|ProvisionedThroughputExceededException|RequestTimeout\w*|InvalidParameter\w*|MissingParameter|MalformedPolicyDocument\w*|Internal(Error|Failure|ServerError|ServiceError\w*)|ServiceUnavailable\w*)$/;

export function answerOf({ error }: { readonly error: string | null }): Answer {
  if (error === null) return 'answered';
  if (REFUSED.test(error)) return 'refused';
  if (REJECTED.test(error)) return 'rejected';
  return PASSED.has(error) ? 'passed' : 'unclear';
}
