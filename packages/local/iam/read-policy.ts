import { MalformedPolicy, parsePolicy, type PolicyUse } from 'taskbound-iam/parse';
import type { PolicyDocument } from 'taskbound-iam/policy';
import { AwsError } from '../gateway/service.ts';

/** Parses a policy from a call. Throws the service's error, by its name, for a policy that IAM would refuse. */
export function readPolicy(text: string, use: PolicyUse, errorName: string): PolicyDocument {
  try {
    return parsePolicy(text, use);
  } catch (error) {
    if (error instanceof MalformedPolicy) throw new AwsError(errorName, error.message);
    throw error;
  }
}
