import type { PolicyDocument } from 'taskbound-iam/policy';
import { readPolicy } from '../iam/read-policy.ts';
import { type QueryInput, checkLength, checkPattern, validation } from '../gateway/wire/query-service.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const MAX_POLICY_CHARACTERS = 2_048;
const POLICY_TEXT = /^[\t\n\r\u0020-\u00FF]+$/;

/** An inline policy as it was sent, and parsed. */
export interface SessionPolicyInput {
  readonly policyText?: string;
  readonly policy?: PolicyDocument;
}

/** Reads the parameter `Policy`. Throws ValidationError, MalformedPolicyDocument. */
export function readSessionPolicy(input: QueryInput): SessionPolicyInput {
  const policyText = input.get('Policy');
  if (policyText === undefined) return {};
  checkLength(policyText, 'Policy', 1, MAX_POLICY_CHARACTERS);
  checkPattern(policyText, 'Policy', POLICY_TEXT, '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+');
  return { policyText, policy: readPolicy(policyText, 'identity', 'MalformedPolicyDocument') };
}

/** Reads `DurationSeconds`, if it is given. Throws ValidationError. */
export function readSeconds(input: QueryInput, min: number, max: number): number | undefined {
  const text = input.get('DurationSeconds');
  if (text === undefined) return undefined;
  const seconds = Number(text);
  const wrong = (constraint: string) => validation(text, 'DurationSeconds', constraint);
  if (!Number.isInteger(seconds)) throw wrong('Member must be an integer');
  if (seconds < min) throw wrong(`Member must have value greater than or equal to ${min}`);
  if (seconds > max) throw wrong(`Member must have value less than or equal to ${max}`);
  return seconds;
}
