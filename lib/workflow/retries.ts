import type { Retrier } from './asl.ts';

/** What Lambda's own service can answer; the function may or may not have run. https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html */
const LAMBDA_SERVICE_ERRORS = [
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.TooManyRequestsException',
] as const;

/** Steps before the work may give up: the tail cleans up after them. Refusals by a rule are final and not retried. */
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

/** The longest lease, and ten minutes more: after that there is nothing left that a retry could end sooner. */
const OUTLAST_SECONDS = 3600 + 600;

/** How many attempts it takes until the waits between them add up to `seconds`. */
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

/** The tail does not give up before the last lease has ended by itself. */
export const PATIENTLY: readonly Retrier[] = [
  // Final: the boundary is another execution's, a step of the tail was skipped, or somebody wrote to the evidence. No wait changes that.
  { ErrorEquals: ['NotTheOwner', 'NotProven', 'ChainBroken'], MaxAttempts: 0 },
  // Expected while IAM spreads a policy or a lease runs out: soon again.
  outlasting(['StillAccepted', 'ExpiryPending', 'SecretUnrevoked', 'LedgerContention'], 1, 1.5, 20),
  outlasting(LAMBDA_SERVICE_ERRORS, 1, 2, 30),
  outlasting(['States.ALL'], 2, 2, 30),
];
