import { MalformedPolicy, parsePolicy, type PolicyUse } from 'taskbound-iam/parse';
import type { PolicyDocument } from 'taskbound-iam/policy';
import { AwsError } from '../gateway/service.ts';

/** Parses a policy given in a call; what IAM would not take is refused by the name that the service has for it. */
export function readPolicy(text: string, use: PolicyUse, errorName: string): PolicyDocument {
  try {
    return parsePolicy(text, use);
  } catch (error) {
    if (error instanceof MalformedPolicy) throw new AwsError(errorName, error.message);
    throw error;
  }
}
