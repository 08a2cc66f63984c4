import { lookupKey, scheduleRequester } from 'taskbound-evidence/lookup/lookup';
import { copiedSecretName } from 'taskbound-evidence/names/secret-id';
import { SCHEDULE_NAME } from '../../core/schedules/schedule.ts';
import { parseSecretName, type SecretPlace } from 'taskbound-evidence/names/ids';
import { UsageError } from 'taskbound-evidence/command/errors';

/** What `find` is asked by; exactly one of them. */
export interface FindCriteria {
  readonly requester?: string;
  readonly approver?: string;
  readonly day?: string;
  readonly accessKey?: string;
  readonly secret?: string;
}

/** One question, with what it is looked up by. */
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

/** Throws `UsageError` unless exactly one was given, in a form that could find something. */
export function parseFindQuery(asked: FindCriteria): FindQuery {
  const given = FIELDS.filter((field) => asked[field] !== undefined);
  const [field] = given;
  if (field === undefined || given.length > 1) {
    const seen = given.map(optionOf).join(', ') || 'none';
    throw new UsageError(`find looks by one thing at a time; given: ${seen}. Give one of ${OPTIONS}.`);
  }
  return PARSERS[field](asked[field] ?? '');
}

const optionOf = (field: keyof FindCriteria): string =>
  field === 'accessKey' ? '--access-key' : `--${field}`;

function wrong(option: string, text: string, allowed: string): UsageError {
  return new UsageError(`${option} ${JSON.stringify(text)} was given; allowed: ${allowed}. Correct it.`);
}

/** A session's name has 2 to 64 of these: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const PERSON = /^[\w+=,.@-]{2,64}$/;
const ROLE = /^arn:[^:]+:iam::\d{12}:role\/[\w+=,.@/-]{1,600}$/;

const isSchedule = (text: string): boolean =>
  text.startsWith(scheduleRequester('')) && SCHEDULE_NAME.test(text.slice(scheduleRequester('').length));

/** A person is known in small letters, as `core/approvals/people.ts` has them; roles and schedules as they are written. */
function parsePerson(by: 'requester' | 'approver', text: string): FindQuery {
  const asks = by === 'requester' && isSchedule(text);
  const value = PERSON.test(text) ? text.toLowerCase() : text;
  if (PERSON.test(text) || ROLE.test(text) || asks) return { by, value, lookup: lookupKey(by, value) };
  throw wrong(
    `--${by}`,
    text,
    `a person's name, which is their session's (ann), the ARN of a role whose sessions are no persons (arn:aws:iam::111122223333:role/Name)${by === 'requester' ? ', or schedule/<name>' : ''}`,
  );
}

/** Throws `UsageError` unless the text is a day. */
export function parseDay(text: string): FindQuery & { readonly by: 'day' } {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  // `2026-02-30` is read as a day in March by some engines.
  if (!Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)) return { by: 'day', value: text };
  throw wrong('--day', text, 'a day in UTC, such as 2026-11-24');
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html */
function parseAccessKey(text: string): FindQuery {
  if (/^[A-Z0-9]{16,128}$/.test(text))
    return { by: 'access-key', value: text, lookup: lookupKey('key', text) };
  throw wrong('--access-key', text, "an access key's id, such as ASIA and 16 letters and digits");
}

function parseSecret(text: string): FindQuery {
  const value = copiedSecretName(text);
  const place = parseSecretName(value);
  if (place !== undefined) return { by: 'secret', value, place };
  throw wrong(
    '--secret',
    text,
    'name or ARN of a secret that a task had: taskbound/<stack>/<type>/<boundary>/<nonce>/<name>. A secret of another form was not made for a task',
  );
}
