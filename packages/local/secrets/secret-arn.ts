import { arnOf } from '../gateway/account-and-region.ts';

/**
 * A secret's ARN ends with a hyphen and six random characters:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html
 */
export const RANDOM_CHARACTERS = 6;

export const secretArn = (name: string, random: string): string =>
  arnOf('secretsmanager', `secret:${name}-${random}`);

/** The ARN to authorize while a secret does not exist: its random characters are not known yet. */
export const unknownSecretArn = (name: string): string => secretArn(name, '?'.repeat(RANDOM_CHARACTERS));

/** The secret's name in a full ARN. */
export const nameInArn = (arn: string): string =>
  arn.split(':secret:')[1]?.slice(0, -(RANDOM_CHARACTERS + 1)) ?? '';
