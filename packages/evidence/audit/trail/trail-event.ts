/**
 * The fields of a trail record that an audit uses. Services write records in different forms, so only the
 * fields that every record has are required.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
import type { RecordRef } from '../result.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface TrailEvent {
  readonly eventId: string;
  /** As in the record, in whole seconds. */
  readonly at: string;
  /** The same time in seconds since the epoch. */
  readonly second: number;
  /** `s3.amazonaws.com` */
  readonly source: string;
  readonly name: string;
  readonly region: string;
  /** The account that owns the trail. */
  readonly accountId: string;
  readonly requestId: string;
  /** Null for a call that was answered. */
  readonly error: string | null;
  readonly category: 'management' | 'data' | 'other';
  readonly isReadOnly: boolean;
  readonly caller: TrailCaller;
  readonly parameters: Fields;
  readonly response: Fields;
  /** ARNs of the resources. */
  readonly resources: readonly string[];
  /** The file that contains the record. */
  readonly file: string;
}

/**
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
 */
interface TrailCaller {
  readonly accessKeyId: string | null;
  /** The part after the colon of `AROA…:session`. Empty for other callers. */
  readonly sessionName: string;
  /** `arn:aws:iam::…:role/path/Name` of a session's role. Empty for other callers. */
  readonly roleArn: string;
  readonly sourceIdentity: string | null;
  /** The service that makes the call with the session's permissions, as S3 does when it calls KMS. */
  readonly invokedBy: string | null;
}

const NO_FIELDS: Fields = {};

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NO_FIELDS;

/** The text of a field; empty if it is not text. */
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
 * The error's code. Some services omit it and write the code as the message. Any other message may contain
 * anything, including text of the caller, so only the fact that there was an error is kept.
 */
function errorOf(record: Fields): string | null {
  const errors = [record['errorCode'], record['errorMessage']].filter((error) => (error ?? '') !== '');
  if (errors.length === 0) return null;
  const [error] = errors;
  return typeof error === 'string' && ERROR_CODE.test(error) ? error : 'unknown error';
}

/** Old records have no category. */
function categoryOf(record: Fields): TrailEvent['category'] {
  const category = textIn(record, 'eventCategory');
  if (category === '') return record['managementEvent'] === false ? 'data' : 'management';
  return category === 'Data' ? 'data' : category === 'Management' ? 'management' : 'other';
}

/**
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html:
 * UTC, in ISO 8601.
 */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Undefined if the value is not a CloudTrail record. */
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

/** Longer than any ARN of a resource that sessions use. A caller may have sent a longer one. */
const RESOURCE_CHARACTERS = 1_300;

/** The reference to a record in a result. Of the record's parameters, it contains only the resource. */
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
