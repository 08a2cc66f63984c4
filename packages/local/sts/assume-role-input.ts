import type { PolicyDocument } from 'taskbound-iam/policy';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import { readPolicy } from '../iam/read-policy.ts';
import { AwsError } from '../gateway/service.ts';
import {
  type QueryInput,
  checkLength,
  checkPattern,
  listOf,
  required,
  validation,
} from '../gateway/wire/query-service.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const MIN_SECONDS = 900;
const MAX_SECONDS = 43_200;
const DEFAULT_SECONDS = 3_600;
const MAX_POLICY_CHARACTERS = 2_048;
const MAX_TAGS = 50;
const MAX_TAG_KEY = 128;
const MAX_TAG_VALUE = 256;
const NAME = /^[\w+=,.@-]*$/;
const POLICY_TEXT = /^[\t\n\r\u0020-\u00FF]+$/;
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export interface AssumeRoleInput {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly seconds: number;
  readonly policyText?: string;
  readonly policy?: PolicyDocument;
  readonly sourceIdentity?: string;
  readonly externalId?: string;
  readonly tags: Readonly<Record<string, string>>;
}

const UNSUPPORTED = [
  'PolicyArns.member.1.arn',
  'TransitiveTagKeys.member.1',
  'SerialNumber',
  'TokenCode',
  'ProvidedContexts.member.1.ProviderArn',
];

function refuseUnsupported(input: QueryInput): void {
  const name = UNSUPPORTED.find((parameter) => input.has(parameter));
  if (name === undefined) return;
  const parameter = name.split('.')[0] ?? name;
  throw new AwsError(
    'NotImplemented',
    `The embedded AWS does not support AssumeRole with ${parameter}; packages/local/README.md lists what it does.`,
    501,
  );
}

function nameOf(input: QueryInput, field: 'RoleSessionName' | 'SourceIdentity'): string {
  const name = required(input, field);
  checkLength(name, field, 2, 64);
  checkPattern(name, field, NAME, '[\\w+=,.@-]*');
  return name;
}

function secondsOf(input: QueryInput): number {
  const text = input.get('DurationSeconds') ?? String(DEFAULT_SECONDS);
  const seconds = Number(text);
  if (!Number.isInteger(seconds)) throw validation(text, 'DurationSeconds', 'Member must be an integer');
  if (seconds < MIN_SECONDS)
    throw validation(
      text,
      'DurationSeconds',
      `Member must have value greater than or equal to ${MIN_SECONDS}`,
    );
  if (seconds > MAX_SECONDS)
    throw validation(text, 'DurationSeconds', `Member must have value less than or equal to ${MAX_SECONDS}`);
  return seconds;
}

function policyOf(input: QueryInput): Pick<AssumeRoleInput, 'policy' | 'policyText'> {
  const policyText = input.get('Policy');
  if (policyText === undefined) return {};
  checkLength(policyText, 'Policy', 1, MAX_POLICY_CHARACTERS);
  checkPattern(policyText, 'Policy', POLICY_TEXT, '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+');
  return { policyText, policy: readPolicy(policyText, 'identity', 'MalformedPolicyDocument') };
}

function tagsOf(input: QueryInput): Record<string, string> {
  const list = listOf(input, 'Tags');
  if (list.length > MAX_TAGS)
    throw validation(
      String(list.length),
      'Tags',
      `Member must have length less than or equal to ${MAX_TAGS}`,
    );
  const tags: Record<string, string> = {};
  const keys = new Set<string>();
  for (const { Key = '', Value = '' } of list) {
    checkLength(Key, 'tags.member.key', 1, MAX_TAG_KEY);
    checkLength(Value, 'tags.member.value', 0, MAX_TAG_VALUE);
    checkPattern(Key, 'tags.member.key', TAG_TEXT, '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+');
    checkPattern(Value, 'tags.member.value', TAG_TEXT, '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*');
    if (keys.has(Key.toLowerCase())) {
      throw new AwsError(
        'InvalidParameterValue',
        'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
      );
    }
    keys.add(Key.toLowerCase());
    tags[Key] = Value;
  }
  return tags;
}

/** Reads and checks the parameters. Throws ValidationError, MalformedPolicyDocument. */
export function readAssumeRole(input: QueryInput): AssumeRoleInput {
  refuseUnsupported(input);
  const roleArn = required(input, 'RoleArn');
  checkLength(roleArn, 'RoleArn', 20, 2048);
  const externalId = input.get('ExternalId');
  return {
    roleArn,
    sessionName: nameOf(input, 'RoleSessionName'),
    seconds: secondsOf(input),
    ...policyOf(input),
    ...(input.has('SourceIdentity') && { sourceIdentity: nameOf(input, 'SourceIdentity') }),
    ...omitUndefined({ externalId }),
    tags: tagsOf(input),
  };
}
