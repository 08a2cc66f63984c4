import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { Call, Caller, RawRequest } from '../gateway/service.ts';
import { ACCOUNT_ID, REGION } from '../gateway/account-and-region.ts';

/**
 * One CloudTrail event:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export interface TrailRecord {
  readonly eventVersion: string;
  readonly userIdentity: Readonly<Record<string, unknown>>;
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  readonly sourceIPAddress: string;
  readonly userAgent: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly requestParameters: Readonly<Record<string, unknown>> | null;
  readonly responseElements: Readonly<Record<string, unknown>> | null;
  readonly requestID: string;
  readonly eventID: string;
  readonly readOnly: boolean;
  readonly resources?: readonly {
    readonly ARN: string;
    readonly accountId: string;
    readonly type?: string;
  }[];
  readonly eventType: 'AwsApiCall';
  readonly managementEvent: boolean;
  readonly recipientAccountId: string;
  readonly eventCategory: 'Management' | 'Data';
}

export type Recorded = Parameters<Call['record']>[0];

/** `2026-11-23T10:00:00Z`: CloudTrail's times have no fractions of a second. */
export const toSecond = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');

function sessionContext(caller: Caller): Record<string, unknown> {
  return {
    sessionIssuer: {
      type: 'Role',
      principalId: caller.userId.split(':')[0],
      arn: caller.roleArn,
      accountId: caller.accountId,
      userName: caller.roleName,
    },
    attributes: { creationDate: toSecond(caller.issuedAtMs ?? 0), mfaAuthenticated: 'false' },
    ...omitUndefined({ sourceIdentity: caller.sourceIdentity }),
  };
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html */
function userIdentity(caller: Caller): Record<string, unknown> {
  if (caller.kind === 'service') return { type: 'AWSService', invokedBy: caller.service };
  const common = {
    principalId: caller.userId,
    arn: caller.arn,
    accountId: caller.accountId,
    accessKeyId: caller.accessKeyId,
  };
  if (caller.kind === 'root') return { type: 'Root', ...common };
  if (caller.kind === 'user') return { type: 'IAMUser', ...common, userName: caller.userName };
  return { type: 'AssumedRole', ...common, sessionContext: sessionContext(caller) };
}

/** The operation's name, as far as the request shows it. The service may record a better one. */
export function operationOf(request: RawRequest): string {
  const target = request.headers['x-amz-target'];
  if (target !== undefined) return target.split('.').at(-1) ?? target;
  return `${request.method} ${request.path.split('?')[0]}`;
}

const READ = /^(Get|List|Describe|Head|Query|Scan)/;

/** CloudTrail uses one name for a denial, whatever the service calls it. */
const errorCode = (name: string): string => (name === 'AccessDeniedException' ? 'AccessDenied' : name);

export interface CallFacts {
  readonly request: RawRequest;
  readonly caller: Caller;
  readonly service: string;
  readonly atMs: number;
  readonly requestId: string;
  readonly eventId: string;
  readonly recorded: Recorded;
  readonly error?: { readonly name: string; readonly message: string };
}

export function trailRecord({
  request,
  caller,
  service,
  atMs,
  requestId,
  eventId,
  recorded,
  error,
}: CallFacts): TrailRecord {
  const eventName = recorded.eventName ?? operationOf(request);
  const eventCategory = recorded.eventCategory ?? 'Management';
  const resources = recorded.resources?.map((resource) => ({ ...resource, accountId: ACCOUNT_ID }));
  return {
    eventVersion: '1.11',
    userIdentity: userIdentity(caller),
    eventTime: toSecond(atMs),
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: REGION,
    sourceIPAddress: '127.0.0.1',
    userAgent: request.headers['user-agent'] ?? '-',
    ...(error !== undefined && { errorCode: errorCode(error.name), errorMessage: error.message }),
    requestParameters: recorded.requestParameters ?? null,
    responseElements: error === undefined ? (recorded.responseElements ?? null) : null,
    requestID: requestId,
    eventID: eventId,
    readOnly: recorded.readOnly ?? READ.test(eventName),
    ...omitUndefined({ resources }),
    eventType: 'AwsApiCall',
    managementEvent: eventCategory === 'Management',
    recipientAccountId: ACCOUNT_ID,
    eventCategory,
  };
}
