/** The one account, region and partition of the embedded AWS. */
export const ACCOUNT_ID = '111122223333';
export const REGION = 'eu-central-1';
export const PARTITION = 'aws';
export const URL_SUFFIX = 'amazonaws.com';

/** `arn:aws:<service>:<region>:<account>:<rest>`; IAM's ARNs have no region. */
export const arnOf = (service: string, rest: string): string =>
  `arn:${PARTITION}:${service}:${service === 'iam' ? '' : REGION}:${ACCOUNT_ID}:${rest}`;
