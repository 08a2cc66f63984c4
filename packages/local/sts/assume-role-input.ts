import { omitUndefined } from '../helpers/omit-undefined.ts';
import { AwsError } from '../gateway/service.ts';
import {
  type QueryInput,
  checkLength,
  checkPattern,
  listOf,
  required,
  validation,
} from '../gateway/wire/query-service.ts';
import { type SessionPolicyInput, readSeconds, readSessionPolicy } from './session-policy-input.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const MIN_SECONDS = 900;
const MAX_SECONDS = 43_200;
const DEFAULT_SECONDS = 3_600;
const MAX_TAGS = 50;
const MAX_TAG_KEY = 128;
const MAX_TAG_VALUE = 256;
const NAME = /^[\w+=,.@-]*$/;
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export interface AssumeRoleInput extends SessionPolicyInput {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly seconds: number;
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
    seconds: readSeconds(input, MIN_SECONDS, MAX_SECONDS) ?? DEFAULT_SECONDS,
    ...readSessionPolicy(input),
    ...(input.has('SourceIdentity') && { sourceIdentity: nameOf(input, 'SourceIdentity') }),
    ...omitUndefined({ externalId }),
    tags: tagsOf(input),
  };
}
