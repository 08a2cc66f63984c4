import type { Retrier } from './asl.ts';

/** Errors of the Lambda service itself; the function may or may not have run. https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html */
const LAMBDA_SERVICE_ERRORS = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
] as const;

/** For the steps before the work, which may give up: the tail cleans up after them. Refusals by a rule are final. */
export const BRIEFLY: readonly Retrier[] = [
  {
    ErrorEquals: [
      ...LAMBDA_SERVICE_ERRORS,
      'LedgerContention',
      'IdentityUncertain',
      'LoginServerUnavailable',
      'WindowNotOpen',
    ],
    IntervalSeconds: 1,
    BackoffRate: 2,
    MaxDelaySeconds: 10,
    MaxAttempts: 5,
  },
];

/** The longest lease and ten minutes: after that, all access has expired and a retry could not end anything sooner. */
const OUTLAST_SECONDS = 3600 + 600;

/** The number of attempts until the waits between them add up to `seconds`. */
export function attemptsToOutlast(
  seconds: number,
  wait: { readonly first: number; readonly rate: number; readonly longest: number },
): number {
  let attempts = 0;
  for (let waited = 0, next = wait.first; waited < seconds; attempts += 1) {
    waited += Math.min(next, wait.longest);
    next *= wait.rate;
  }
  return attempts;
}

const outlasting = (errors: readonly string[], first: number, rate: number, longest: number): Retrier => ({
  ErrorEquals: errors,
  IntervalSeconds: first,
  BackoffRate: rate,
  MaxDelaySeconds: longest,
  MaxAttempts: attemptsToOutlast(OUTLAST_SECONDS, { first, rate, longest }),
});

/** For the tail, which does not give up before the last lease has expired. */
export const PATIENTLY: readonly Retrier[] = [
  // Final: the boundary belongs to another execution, a step of the tail was skipped, or the evidence was changed. Waiting does not help.
  { ErrorEquals: ['NotTheOwner', 'NotProven', 'ChainBroken'], MaxAttempts: 0 },
  // Expected while IAM propagates a policy or until a lease expires: retried soon.
  outlasting(['StillAccepted', 'ExpiryPending', 'SecretUnrevoked', 'LedgerContention'], 1, 1.5, 20),
  outlasting(LAMBDA_SERVICE_ERRORS, 1, 2, 30),
  outlasting(['States.ALL'], 2, 2, 30),
];
