import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import { NotPermitted } from '../../../core/shared/errors.ts';

/** The caller, as IAM verified it for the function URL. */
export interface VerifiedCaller {
  /** `arn:aws:sts::123456789012:assumed-role/Name/session`, or a user's ARN. */
  readonly arn: string;
  readonly userId: string;
  readonly accountId: string;
  /** The ARN of the caller's role, with its path, if it was looked up: see `reserved-role.ts`. */
  readonly roleArn?: string;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads */
export function callerOf(
  event: Pick<APIGatewayProxyEventV2WithIAMAuthorizer, 'requestContext'>,
): VerifiedCaller {
  const iam = event.requestContext?.authorizer?.iam;
  if (!iam?.userArn || !iam.userId || !iam.accountId) {
    throw new NotPermitted(
      'The call has no IAM identity; tasks are submitted through the function URL, signed with AWS credentials.',
    );
  }
  return { arn: iam.userArn, userId: iam.userId, accountId: iam.accountId };
}
