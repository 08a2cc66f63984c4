import { describe, expect, it } from 'vitest';
import { awsErrorName, explainCaller, isCredentialError } from '../../../client/caller/caller-error.ts';
import { exitCodeOf } from '../../../cli/errors.ts';
import { ServiceFailure } from '../../../client/errors.ts';

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });
const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI' };
const PROFILE = { AWS_PROFILE: 'work' };
const LOCAL = { ...KEYS, AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' };

const EXPIRED = 'The security token included in the request is expired';
const INVALID = 'The security token included in the request is invalid.';
const SIGNATURE =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.';
const NONE = 'Could not load credentials from any providers';

describe('an error of the credentials', () => {
  it.each<[string, string, Record<string, string>, RegExp]>([
    [
      'CredentialsProviderError',
      NONE,
      {},
      /There are no AWS credentials: the SDK's default credentials could not be loaded.*Sign in \(aws sso login\)/,
    ],
    [
      'CredentialsProviderError',
      NONE,
      PROFILE,
      /the profile "work" \(AWS_PROFILE\) has none, has expired or does not exist.*aws sso login --profile work/,
    ],
    [
      'CredentialsProviderError',
      NONE,
      { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE' },
      /AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not/,
    ],
    [
      'CredentialsProviderError',
      NONE,
      { AWS_SECRET_ACCESS_KEY: 'x' },
      /AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not/,
    ],
    ['TokenProviderError', 'Token is expired', PROFILE, /the profile "work"/],
    [
      'MissingAuthenticationTokenException',
      'Missing Authentication Token',
      {},
      /There are no AWS credentials/,
    ],
    [
      'ExpiredToken',
      EXPIRED,
      KEYS,
      /have expired: the access key AKIAEXAMPLE \(AWS_ACCESS_KEY_ID\) \(ExpiredToken: .*AWS_SESSION_TOKEN/,
    ],
    ['ExpiredTokenException', EXPIRED, PROFILE, /have expired: the profile "work"/],
    ['InvalidClientTokenId', INVALID, KEYS, /AWS does not know the credentials: the access key AKIAEXAMPLE/],
    [
      'UnrecognizedClientException',
      INVALID,
      LOCAL,
      /Set all variables that "taskbound local" printed for http:\/\/127\.0\.0\.1:4566/,
    ],
    ['InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist', KEYS, /does not know/],
    [
      'SignatureDoesNotMatch',
      SIGNATURE,
      KEYS,
      /the secret access key does not belong to the access key AKIAEXAMPLE/,
    ],
    ['InvalidSignatureException', SIGNATURE, KEYS, /the secret access key does not belong/],
    [
      'InvalidSignatureException',
      'Signature expired: 20261123T100000Z is now earlier than 20261123T095500Z',
      KEYS,
      /refused the time of the signature.*Correct this machine's clock/,
    ],
    [
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
      KEYS,
      /Correct this machine's clock/,
    ],
  ])(
    '%s (%s) with %j is reported as a credential error with the next step, and exits with 2',
    (name, message, env, text) => {
      const error = named(name, message);
      expect(isCredentialError(error)).toBe(true);
      const explained = explainCaller(error, env);
      expect(explained).toMatchObject({ name: 'CredentialError', message: expect.stringMatching(text) });
      expect(exitCodeOf(explained)).toBe(2);
      expect(String(explained)).not.toContain(KEYS.AWS_SECRET_ACCESS_KEY);
    },
  );

  it.each<[Record<string, string>, RegExp]>([
    [{}, /AWS_REGION is not set, and there is none in the default profile\. Set AWS_REGION/],
    [PROFILE, /the profile "work" \(AWS_PROFILE\) has none or does not exist/],
  ])('a missing region with %j is wrong usage', (env, text) => {
    const error = new Error('Region is missing');
    expect(isCredentialError(error)).toBe(true);
    expect(explainCaller(error, env)).toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(text),
    });
  });
});

describe('a call that the caller may not make', () => {
  const caller = 'arn:aws:sts::111122223333:assumed-role/Visitors/eve';
  it.each([
    ['AccessDenied', 'cloudformation:DescribeStacks', '*', /the permission cloudformation:DescribeStacks/],
    [
      'AccessDeniedException',
      'dynamodb:Query',
      'table/L/index/day',
      /have grantRead of the boundary, or act/,
    ],
    [
      'AccessDeniedException',
      'dynamodb:GetItem',
      'table/L',
      /have grantRead or grantSubmit of the task type/,
    ],
    ['AccessDeniedException', 'dynamodb:PutItem', 'table/L', /have grantDrain of the boundary/],
    ['AccessDeniedException', 'states:StopExecution', '*', /have grantDrain of the boundary/],
    [
      'AccessDeniedException',
      'ssm:GetParameter',
      'taskbound/S/types/a-type',
      /have grantRead or grantDecide/,
    ],
    ['AccessDeniedException', 'states:GetExecutionHistory', '*', /have grantRead or grantSubmit of the task/],
    ['AccessDeniedException', 'sqs:SendMessage', '*', /this permission/],
  ])('%s of %s on %s names the caller and the grant', (name, action, resource, text) => {
    const error = named(
      name,
      `User: ${caller} is not authorized to perform: ${action} on resource: ${resource}`,
    );
    expect(isCredentialError(error)).toBe(false);
    const explained = explainCaller(error, KEYS);
    expect(explained).toMatchObject({ name: 'NotPermitted', message: expect.stringMatching(text) });
    expect(String(explained)).toContain(`${caller} may not call ${action} (${name}: User: `);
    expect(exitCodeOf(explained)).toBe(1);
  });

  it('is also reported when the message names no caller', () => {
    const explained = explainCaller(named('AccessDenied', 'Access Denied.'), KEYS);
    expect(explained).toMatchObject({
      name: 'NotPermitted',
      message: expect.stringMatching(/^The caller may not do this \(AccessDenied: Access Denied\)/),
    });
  });
});

it('leaves every other error as it is', () => {
  for (const error of [
    new ServiceFailure('AccessDenied'),
    named('ThrottlingException', 'Rate exceeded'),
    named('ConnectTimeoutError', 'no route'),
    'text',
  ])
    expect(explainCaller(error, KEYS)).toBe(error);
});

it.each([
  ['ExpiredTokenException', 'x', 'ExpiredTokenException'],
  ['ExpiredTokenException:http://internal.amazon.com/', 'x', 'ExpiredTokenException'],
  [undefined, EXPIRED, 'ExpiredTokenException'],
  [undefined, INVALID, 'UnrecognizedClientException'],
  [undefined, SIGNATURE, 'InvalidSignatureException'],
  [undefined, 'Missing Authentication Token', 'MissingAuthenticationTokenException'],
  [undefined, 'Forbidden', undefined],
])('the type %s with the message "%s" is %s', (type, message, name) =>
  expect(awsErrorName(type, message)).toBe(name),
);
