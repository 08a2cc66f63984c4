import { lookupKey, scheduleRequester } from 'taskbound-evidence/lookup/lookup';
import { copiedSecretName } from 'taskbound-evidence/names/secret-id';
import { SCHEDULE_NAME } from '../../core/schedules/schedule.ts';
import { parseSecretName, type SecretPlace } from 'taskbound-evidence/names/ids';
import { UsageError } from 'taskbound-evidence/command/errors';

/** The criteria of `find`; exactly one is given. */
export interface FindCriteria {
  readonly requester?: string;
  readonly approver?: string;
  readonly day?: string;
  readonly accessKey?: string;
  readonly secret?: string;
}

/** One criterion, with the key to look it up by. */
export type FindQuery =
  | { readonly by: 'requester' | 'approver' | 'access-key'; readonly value: string; readonly lookup: string }
  | { readonly by: 'day'; readonly value: string }
  | { readonly by: 'secret'; readonly value: string; readonly place: SecretPlace };

const PARSERS: Readonly<Record<keyof FindCriteria, (text: string) => FindQuery>> = {
  requester: (text) => parsePerson('requester', text),
  approver: (text) => parsePerson('approver', text),
  day: parseDay,
  accessKey: parseAccessKey,
  secret: parseSecret,
};
const FIELDS = Object.keys(PARSERS) as (keyof FindCriteria)[];
const OPTIONS = '--requester, --approver, --day, --access-key or --secret';

/** Throws `UsageError` unless exactly one criterion is given, in a valid form. */
export function parseFindQuery(criteria: FindCriteria): FindQuery {
  const given = FIELDS.filter((field) => criteria[field] !== undefined);
  const [field] = given;
  if (field === undefined || given.length > 1) {
    const names = given.map(optionOf).join(', ') || 'none';
    throw new UsageError(`find takes one criterion at a time; given: ${names}. Give one of ${OPTIONS}.`);
  }
  return PARSERS[field](criteria[field] ?? '');
}

const optionOf = (field: keyof FindCriteria): string =>
  field === 'accessKey' ? '--access-key' : `--${field}`;

function invalidOption(option: string, text: string, allowed: string): UsageError {
  return new UsageError(`${option} ${JSON.stringify(text)} was given; allowed: ${allowed}. Correct it.`);
}

/** A session name has 2 to 64 of these characters: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const PERSON = /^[\w+=,.@-]{2,64}$/;
const ROLE = /^arn:[^:]+:iam::\d{12}:role\/[\w+=,.@/-]{1,600}$/;

const isSchedule = (text: string): boolean =>
  text.startsWith(scheduleRequester('')) && SCHEDULE_NAME.test(text.slice(scheduleRequester('').length));

/** A person's name is in lower case, as in `core/approvals/people.ts`; roles and schedules are kept as written. */
function parsePerson(by: 'requester' | 'approver', text: string): FindQuery {
  const isScheduleName = by === 'requester' && isSchedule(text);
  const value = PERSON.test(text) ? text.toLowerCase() : text;
  if (PERSON.test(text) || ROLE.test(text) || isScheduleName)
    return { by, value, lookup: lookupKey(by, value) };
  throw invalidOption(
    `--${by}`,
    text,
    `a person's name, which is their session's name (ann), the ARN of a role whose sessions are not people (arn:aws:iam::111122223333:role/Name)${by === 'requester' ? ', or schedule/<name>' : ''}`,
  );
}

/** Throws `UsageError` unless the text is a valid day. */
export function parseDay(text: string): FindQuery & { readonly by: 'day' } {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  // `2026-02-30` is read as a day in March by some engines.
  if (!Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)) return { by: 'day', value: text };
  throw invalidOption('--day', text, 'a day in UTC, such as 2026-11-24');
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html */
function parseAccessKey(text: string): FindQuery {
  if (/^[A-Z0-9]{16,128}$/.test(text))
    return { by: 'access-key', value: text, lookup: lookupKey('key', text) };
  throw invalidOption('--access-key', text, "an access key's id, such as ASIA and 16 letters and digits");
}

function parseSecret(text: string): FindQuery {
  const value = copiedSecretName(text);
  const place = parseSecretName(value);
  if (place !== undefined) return { by: 'secret', value, place };
  throw invalidOption(
    '--secret',
    text,
    'name or ARN of a secret that was made for a task: taskbound/<stack>/<type>/<boundary>/<nonce>/<name>. Secrets with other names were not made for a task',
  );
}
