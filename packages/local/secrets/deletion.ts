import { arnOf } from '../gateway/place.ts';
import { AwsError } from '../gateway/service.ts';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html */
const MIN_WINDOW_DAYS = 7;
const MAX_WINDOW_DAYS = 30;
const DAY_MS = 86_400_000;

export interface DeletionInput {
  readonly SecretId: string;
  readonly RecoveryWindowInDays?: number | undefined;
  readonly ForceDeleteWithoutRecovery?: boolean | undefined;
}

/** Whether a deletion is forced, and when it takes effect. Throws InvalidParameterException. */
export function deletionOf(
  input: DeletionInput,
  atMs: number,
): { readonly forced: boolean; readonly goneMs: number } {
  const days = input.RecoveryWindowInDays;
  const forced = input.ForceDeleteWithoutRecovery === true;
  if (forced && days !== undefined) {
    throw new AwsError(
      'InvalidParameterException',
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  if (days !== undefined && (days < MIN_WINDOW_DAYS || days > MAX_WINDOW_DAYS)) {
    throw new AwsError(
      'InvalidParameterException',
      `RecoveryWindowInDays value must be between ${MIN_WINDOW_DAYS} and ${MAX_WINDOW_DAYS} days (inclusive), not ${days}.`,
    );
  }
  return { forced, goneMs: forced ? atMs : atMs + (days ?? MAX_WINDOW_DAYS) * DAY_MS };
}

/**
 * The response of a forced deletion when the secret does not exist. It succeeds, so that a repeated deletion
 * does not fail.
 */
export function neverExisted(id: string, atMs: number): object {
  const arn = id.startsWith('arn:') ? id : arnOf('secretsmanager', `secret:${id}`);
  return {
    ARN: arn,
    Name: id.startsWith('arn:') ? (id.split(':secret:')[1] ?? id) : id,
    DeletionDate: atMs / 1000,
  };
}
