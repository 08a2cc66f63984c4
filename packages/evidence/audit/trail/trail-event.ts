/**
 * One record of a trail, as far as an audit looks at it. Records come from services that write them in forms of their own: nothing but
 * the fields without which a record is none is demanded. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
import type { RecordRef } from '../result.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface TrailEvent {
  readonly eventId: string;
  /** As it stands in the record, to the second. */
  readonly at: string;
  /** The same, seconds since the epoch. */
  readonly second: number;
  /** `s3.amazonaws.com` */
  readonly source: string;
  readonly name: string;
  readonly region: string;
  /** The account whose trail it is. */
  readonly accountId: string;
  readonly requestId: string;
  /** Null for a call that was answered. */
  readonly error: string | null;
  readonly category: 'management' | 'data' | 'other';
  readonly isReadOnly: boolean;
  readonly caller: TrailCaller;
  readonly parameters: Fields;
  readonly response: Fields;
  /** ARNs. */
  readonly resources: readonly string[];
  /** The file it stands in. */
  readonly file: string;
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
interface TrailCaller {
  readonly accessKeyId: string | null;
  /** What stands behind the colon of `AROA…:session`; empty for other callers. */
  readonly sessionName: string;
  /** `arn:aws:iam::…:role/path/Name` of a session's role; empty for other callers. */
  readonly roleArn: string;
  readonly sourceIdentity: string | null;
  /** The service that calls with the session's rights, such as KMS for S3. */
  readonly invokedBy: string | null;
}

const NO_FIELDS: Fields = {};

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NO_FIELDS;

/** A field that holds a text; empty otherwise. */
export const textIn = (fields: Fields, name: string): string => {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
};

const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function callerOf(identity: Fields): TrailCaller {
  const session = fieldsOf(identity['sessionContext']);
  const principalId = textIn(identity, 'principalId');
  return {
    accessKeyId: textIn(identity, 'accessKeyId') || null,
    sessionName: principalId.includes(':') ? principalId.slice(principalId.indexOf(':') + 1) : '',
    roleArn: textIn(fieldsOf(session['sessionIssuer']), 'arn'),
    sourceIdentity: textIn(session, 'sourceIdentity') || null,
    invokedBy: textIn(identity, 'invokedBy') || null,
  };
}

/** `AccessDenied`, `Client.UnauthorizedOperation`, `AWS.SimpleQueueService.NonExistentQueue` */
const ERROR_CODE = /^[A-Za-z][\w.:]{0,127}$/;

/**
 * The error's code; some services leave it out and write it as the message. A message in other words may hold anything, a caller's own
 * words among them: of it is kept that there was an error.
 */
function errorOf(record: Fields): string | null {
  const told = [record['errorCode'], record['errorMessage']].filter((error) => (error ?? '') !== '');
  if (told.length === 0) return null;
  const [error] = told;
  return typeof error === 'string' && ERROR_CODE.test(error) ? error : 'unknown error';
}

/** Old records have no category. */
function categoryOf(record: Fields): TrailEvent['category'] {
  const category = textIn(record, 'eventCategory');
  if (category === '') return record['managementEvent'] === false ? 'data' : 'management';
  return category === 'Data' ? 'data' : category === 'Management' ? 'management' : 'other';
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html: UTC, in ISO 8601. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Undefined when the value is no record of CloudTrail. */
export function readTrailEvent(value: unknown, file: string): TrailEvent | undefined {
  const record = fieldsOf(value);
  const at = textIn(record, 'eventTime');
  const [eventId, source, name] = ['eventID', 'eventSource', 'eventName'].map((field) =>
    textIn(record, field),
  );
  const ms = TIME.test(at) ? Date.parse(at) : Number.NaN;
  if (!eventId || !source || !name || Number.isNaN(ms)) return undefined;
  const identity = fieldsOf(record['userIdentity']);
  return {
    eventId,
    at,
    second: Math.floor(ms / 1000),
    source,
    name,
    region: textIn(record, 'awsRegion'),
    accountId: textIn(record, 'recipientAccountId') || textIn(identity, 'accountId'),
    requestId: textIn(record, 'requestID'),
    error: errorOf(record),
    category: categoryOf(record),
    isReadOnly: record['readOnly'] === true,
    caller: callerOf(identity),
    parameters: fieldsOf(record['requestParameters']),
    response: fieldsOf(record['responseElements']),
    resources: listIn(record['resources']).flatMap((resource) => textIn(fieldsOf(resource), 'ARN') || []),
    file,
  };
}

/** Longer than any ARN of a resource that sessions use; what a caller made up may be longer. */
const RESOURCE_CHARACTERS = 1_300;

/** The record as a result names it: nothing of its parameters but what it acts on. */
export const refOf = (
  event: TrailEvent,
  use?: { readonly action: string; readonly resource: string },
): RecordRef => ({
  eventId: event.eventId,
  at: event.at,
  action: use?.action ?? `${event.source}:${event.name}`,
  resource: (use?.resource ?? event.resources[0] ?? '*').slice(0, RESOURCE_CHARACTERS),
  accessKeyId: event.caller.accessKeyId,
  error: event.error,
  file: event.file,
});
