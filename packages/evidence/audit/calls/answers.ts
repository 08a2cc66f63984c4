/**
 * What a record's error shows about permission.
 * - `answered`: there was no error.
 * - `refused`: the caller was not authorized, or its credentials are no longer valid.
 * - `passed`: the call failed with an error that only an authorized caller receives.
 * - `rejected`: the call was not carried out, whether or not the caller was authorized.
 * - `unclear`: the error does not show whether the caller was authorized.
 */
export type Answer = 'answered' | 'refused' | 'passed' | 'rejected' | 'unclear';

/**
 * Error codes of all services for callers without permission, and for expired or unknown credentials.
 * https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
const REFUSED =
  /^(Client\.)?(AccessDenied(Exception)?|Unauthorized(Operation|Access)?|NotAuthorized(Exception)?|AuthorizationError(Exception)?|AllAccessDisabled|AuthFailure|ExpiredToken(Exception)?|InvalidToken(Id)?|InvalidClientTokenId|InvalidAccessKeyId|UnrecognizedClientException|SignatureDoesNotMatch|TokenRefreshRequired|KMSAccessDenied(Exception)?)$/;

/** S3 reports a missing key, and DynamoDB a failed condition, only to callers that may use the resource. */
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
 * The request was malformed or throttled, or the service was not available: nothing was done, and no data was
 * returned. https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 */
const REJECTED =
  /^(Validation(Error|Exception)|Throttl\w*|SlowDown|RequestLimitExceeded|TooManyRequestsException|ProvisionedThroughputExceededException|RequestTimeout\w*|InvalidParameter\w*|MissingParameter|MalformedPolicyDocument\w*|Internal(Error|Failure|ServerError|ServiceError\w*)|ServiceUnavailable\w*)$/;

export function answerOf({ error }: { readonly error: string | null }): Answer {
  if (error === null) return 'answered';
  if (REFUSED.test(error)) return 'refused';
  if (REJECTED.test(error)) return 'rejected';
  return PASSED.has(error) ? 'passed' : 'unclear';
}
