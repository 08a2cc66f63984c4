import { AwsError } from '../service.ts';

/** Services that use the older XML protocol. All others, except S3, use JSON. */
const QUERY_SERVICES = new Set(['iam', 'sts', 'cloudformation', 'sns']);

type Family = 'query' | 's3' | 'json';
type Problem = 'missing' | 'unknown-key' | 'expired' | 'bad-signature' | 'skewed' | 'denied';

const familyOf = (service: string): Family =>
  service === 's3' ? 's3' : QUERY_SERVICES.has(service) ? 'query' : 'json';

/**
 * The error name of each kind of service for the same problem.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html,
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
const NAMES: Record<Family, Record<Problem, readonly [name: string, status: number]>> = {
  query: {
    missing: ['MissingAuthenticationToken', 403],
    'unknown-key': ['InvalidClientTokenId', 403],
    expired: ['ExpiredToken', 403],
    'bad-signature': ['SignatureDoesNotMatch', 403],
    skewed: ['SignatureDoesNotMatch', 403],
    denied: ['AccessDenied', 403],
  },
  s3: {
    missing: ['AccessDenied', 403],
    'unknown-key': ['InvalidAccessKeyId', 403],
    expired: ['ExpiredToken', 400],
    'bad-signature': ['SignatureDoesNotMatch', 403],
    skewed: ['RequestTimeTooSkewed', 403],
    denied: ['AccessDenied', 403],
  },
  json: {
    missing: ['MissingAuthenticationTokenException', 400],
    'unknown-key': ['UnrecognizedClientException', 400],
    expired: ['ExpiredTokenException', 400],
    'bad-signature': ['InvalidSignatureException', 400],
    skewed: ['InvalidSignatureException', 400],
    denied: ['AccessDeniedException', 400],
  },
};

const MESSAGES: Record<Exclude<Problem, 'skewed' | 'denied'>, string> = {
  missing: 'Request is missing Authentication Token',
  'unknown-key': 'The security token included in the request is invalid.',
  expired: 'The security token included in the request is expired',
  'bad-signature':
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
};

/** Lambda's REST protocol uses status 403. */
const statusOf = (service: string, status: number): number => (service === 'lambda' ? 403 : status);

export function authError(service: string, problem: Exclude<Problem, 'skewed' | 'denied'>): AwsError {
  const [name, status] = NAMES[familyOf(service)][problem];
  return new AwsError(name, MESSAGES[problem], statusOf(service, status));
}

export function skewError(service: string, signedAt: string, now: string): AwsError {
  const [name, status] = NAMES[familyOf(service)].skewed;
  const message = `Signature expired: ${signedAt} is not within 5 minutes of the server's time ${now}`;
  return new AwsError(name, message, statusOf(service, status));
}

export function deniedError(service: string, message: string): AwsError {
  const [name, status] = NAMES[familyOf(service)].denied;
  return new AwsError(name, message, statusOf(service, status));
}
