import { describe, expect, test } from 'vitest';
import { requiredPermissions } from '../../../../packages/evidence/audit/required-permissions/required-permissions.ts';
import { LeasePolicy, type Position } from '../../../../packages/evidence/audit/calls/position.ts';
import type { LeaseFacts } from '../../../../packages/evidence/audit/task-facts.ts';
import { readTrailEvent, type TrailEvent } from '../../../../packages/evidence/audit/trail/trail-event.ts';
import { parsePolicy } from 'taskbound-iam/parse';
import type { Statement } from 'taskbound-iam/policy';

const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:';

function eventOf(
  service: string,
  eventName: string,
  requestParameters: object,
  more: object = {},
): TrailEvent {
  const record = {
    eventID: 'e',
    eventTime: '2026-11-23T10:00:00Z',
    eventSource: `${service}.amazonaws.com`,
    eventName,
    awsRegion: 'eu-central-1',
    recipientAccountId: '111122223333',
    requestParameters,
    ...more,
  };
  const event = readTrailEvent(record, 'file');
  if (event === undefined) throw new Error('It is no record.');
  return event;
}
const needed = (...of: Parameters<typeof eventOf>): string[] | undefined =>
  requiredPermissions(eventOf(...of))?.map(({ action, resource }) => `${action} ${resource}`);

describe('the permissions that a recorded call needed', () => {
  const b = { bucketName: 'b' };
  test.each<readonly [string, string, object, readonly string[] | undefined]>([
    ['s3', 'GetObject', { ...b, key: 'a/b' }, ['s3:GetObject arn:aws:s3:::b/a/b']],
    ['s3', 'HeadObject', { ...b, key: 'k', versionId: 'v' }, ['s3:GetObjectVersion arn:aws:s3:::b/k']],
    [
      's3',
      'GetObjectTagging',
      { ...b, key: 'k', versionId: 'v' },
      ['s3:GetObjectVersionTagging arn:aws:s3:::b/k'],
    ],
    ['s3', 'UploadPart', { ...b, key: 'k', partNumber: 1 }, ['s3:PutObject arn:aws:s3:::b/k']],
    ['s3', 'ListParts', { ...b, key: 'k' }, ['s3:ListMultipartUploadParts arn:aws:s3:::b/k']],
    ['s3', 'ListObjects', { ...b, prefix: 'p/' }, ['s3:ListBucket arn:aws:s3:::b']],
    ['s3', 'ListBuckets', {}, ['s3:ListAllMyBuckets *']],
    [
      's3',
      'CopyObject',
      { ...b, key: 'k', 'x-amz-copy-source': '/from/a%20b%2Bc' },
      ['s3:GetObject arn:aws:s3:::from/a b+c', 's3:PutObject arn:aws:s3:::b/k'],
    ],
    [
      's3',
      'UploadPartCopy',
      { ...b, key: 'k', 'x-amz-copy-source': 'from/a?versionId=v' },
      ['s3:GetObjectVersion arn:aws:s3:::from/a', 's3:PutObject arn:aws:s3:::b/k'],
    ],
    ['s3', 'CopyObject', { ...b, key: 'k' }, undefined],
    [
      's3',
      'CopyObject',
      { ...b, key: 'k', 'x-amz-copy-source': 'arn:aws:s3:eu-central-1:1:accesspoint/x/object/k' },
      undefined,
    ],
    ['s3', 'CopyObject', { ...b, key: 'k', 'x-amz-copy-source': 'from/%zz' }, undefined],
    [
      's3',
      'PutObject',
      { ...b, key: 'k', 'x-amz-tagging': 'a=b' },
      ['s3:PutObject arn:aws:s3:::b/k', 's3:PutObjectTagging arn:aws:s3:::b/k'],
    ],
    [
      's3',
      'PutObject',
      { ...b, key: 'k', 'X-Amz-Acl': ['public-read'] },
      ['s3:PutObject arn:aws:s3:::b/k', 's3:PutObjectAcl arn:aws:s3:::b/k'],
    ],
    [
      's3',
      'PutObject',
      { ...b, key: 'k', 'x-amz-grant-read': 'uri="x"', 'x-amz-grant-full-control': 'id="y"' },
      ['s3:PutObject arn:aws:s3:::b/k', 's3:PutObjectAcl arn:aws:s3:::b/k'],
    ],
    ['s3', 'GetObject', { ...b, key: 'k', versionId: ['v1'] }, undefined],
    ['s3', 'GetObject', { ...b, key: 'k', versionId: 1 }, ['s3:GetObjectVersion arn:aws:s3:::b/k']],
    ['s3', 'ListBuckets', { bucketName: ['b'] }, undefined],
    ['s3', 'ListObjects', { ...b, prefix: ['p/'] }, undefined],
    ['s3', 'ListObjects', { ...b, 'max-keys': 1000 }, ['s3:ListBucket arn:aws:s3:::b']],
    ['s3', 'constructor', { ...b, key: 'k' }, undefined],
    ['s3', '__proto__', { ...b, key: 'k' }, undefined],
    ['constructor', 'GetObject', {}, undefined],
    ['__proto__', 'GetObject', {}, undefined],
    ['sts', 'constructor', {}, undefined],
    ['secretsmanager', 'GetSecretValue', { secretId: 'n', versionId: ['v'] }, undefined],
    ['secretsmanager', 'GetSecretValue', { secretId: 'n', versionStage: {} }, undefined],
    ['secretsmanager', 'BatchGetSecretValue', { secretIdList: ['n', { secretId: 'm' }] }, undefined],
    ['secretsmanager', 'BatchGetSecretValue', { secretId: 'n', secretIdList: 'm' }, undefined],
    ['dynamodb', 'Query', { tableName: 't', indexName: ['i'] }, undefined],
    ['s3', 'DeleteObjects', { ...b, delete: '' }, undefined],
    ['s3', 'PutBucketPolicy', b, undefined],
    [
      'secretsmanager',
      'GetSecretValue',
      { secretId: 'n' },
      [`secretsmanager:GetSecretValue ${SECRET}n-??????`],
    ],
    [
      'secretsmanager',
      'GetSecretValue',
      { secretId: `${SECRET}n-AbC123` },
      [`secretsmanager:GetSecretValue ${SECRET}n-AbC123`],
    ],
    [
      'secretsmanager',
      'GetSecretValue',
      { secretId: `${SECRET}n` },
      [`secretsmanager:GetSecretValue ${SECRET}n-??????`],
    ],
    [
      'secretsmanager',
      'BatchGetSecretValue',
      { secretIdList: ['n'] },
      ['secretsmanager:BatchGetSecretValue *', `secretsmanager:GetSecretValue ${SECRET}n-??????`],
    ],
    ['secretsmanager', 'BatchGetSecretValue', { filters: [] }, undefined],
    [
      'dynamodb',
      'GetItem',
      { tableName: 't', key: {} },
      ['dynamodb:GetItem arn:aws:dynamodb:eu-central-1:111122223333:table/t'],
    ],
    [
      'dynamodb',
      'Query',
      { tableName: 't', indexName: 'i' },
      ['dynamodb:Query arn:aws:dynamodb:eu-central-1:111122223333:table/t/index/i'],
    ],
    ['dynamodb', 'BatchGetItem', { requestItems: {} }, undefined],
    [
      'lambda',
      'Invoke',
      { functionName: 'f' },
      ['lambda:InvokeFunction arn:aws:lambda:eu-central-1:111122223333:function:f'],
    ],
    [
      'sqs',
      'SendMessage',
      { queueUrl: 'https://sqs.eu-central-1.amazonaws.com/111122223333/q' },
      ['sqs:SendMessage arn:aws:sqs:eu-central-1:111122223333:q'],
    ],
    [
      'ssm',
      'GetParameter',
      { name: '/a/b' },
      ['ssm:GetParameter arn:aws:ssm:eu-central-1:111122223333:parameter/a/b'],
    ],
    ['sts', 'GetCallerIdentity', {}, []],
    [
      'sts',
      'AssumeRole',
      { roleArn: 'arn:aws:iam::111122223333:role/R' },
      ['sts:AssumeRole arn:aws:iam::111122223333:role/R'],
    ],
    ['ec2', 'RunInstances', {}, undefined],
  ])('%s %s %j', (service, name, parameters, expected) => {
    expect(needed(service, name, parameters)).toEqual(expected);
  });

  test('a key that a service uses for the session needs no permission; a key that the session uses does', () => {
    const resources = [{ ARN: 'arn:aws:kms:eu-central-1:111122223333:key/k' }];
    const decrypt = (userIdentity: object) =>
      requiredPermissions(
        eventOf('kms', 'Decrypt', { encryptionContext: { SecretARN: 'x' } }, { resources, userIdentity }),
      );
    expect(decrypt({ invokedBy: 'secretsmanager.amazonaws.com' })).toEqual([]);
    expect(decrypt({ invokedBy: 'AWS Internal' })).toEqual([]);
    expect(decrypt({})).toMatchObject([
      {
        action: 'kms:Decrypt',
        resource: 'arn:aws:kms:eu-central-1:111122223333:key/k',
        context: { 'kms:EncryptionContext:SecretARN': 'x' },
        recordedKeys: ['kms:ViaService', 'kms:CallerAccount'],
      },
    ]);
  });

  test('a change of a key by a service for the session is not exempt', () => {
    const userIdentity = { invokedBy: 'secretsmanager.amazonaws.com' };
    expect(needed('kms', 'CreateGrant', {}, { userIdentity })).toBeUndefined();
  });
});

describe("a record's error", () => {
  test.each<readonly [object, string | null]>([
    [{}, null],
    [{ errorCode: '', errorMessage: null }, null],
    [{ errorCode: 'AccessDenied', errorMessage: 'no' }, 'AccessDenied'],
    [{ errorMessage: 'AccessDenied' }, 'AccessDenied'],
    [{ errorCode: 'AWS.SimpleQueueService.NonExistentQueue' }, 'AWS.SimpleQueueService.NonExistentQueue'],
    [{ errorMessage: 'hunter2 is not a secret' }, 'unknown error'],
    [{ errorCode: 403, errorMessage: 'AccessDenied' }, 'unknown error'],
    [{ errorCode: 'A'.repeat(200) }, 'unknown error'],
  ])('%j is %s', (error, expected) => {
    expect(eventOf('s3', 'GetObject', {}, error).error).toBe(expected);
  });
});

describe('the position of a call under a policy with conditions', () => {
  const table = 'arn:aws:dynamodb:eu-central-1:111122223333:table/t';
  const leading: Statement = {
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:Query'],
    Resource: table,
    Condition: {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': 'mine' },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    },
  };
  const listing: Statement = {
    Effect: 'Allow',
    Action: 's3:ListBucket',
    Resource: 'arn:aws:s3:::b',
    Condition: { StringLike: { 's3:prefix': 'mine/*' } },
  };
  const encrypted: Statement = {
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: 'arn:aws:kms:eu-central-1:111122223333:key/k',
    Condition: { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-central-1.amazonaws.com' } },
  };
  const hidden: Statement = {
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: 'arn:aws:s3:::b/*',
    Condition: { StringEquals: { 's3:ExistingObjectTag/kind': 'open' } },
  };
  const deadline: Statement = {
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': '2026-11-23T10:02:00Z' } },
  };
  const policyText = JSON.stringify({
    Version: '2012-10-17',
    Statement: [leading, listing, encrypted, hidden, deadline],
  });
  const policy = new LeasePolicy({
    policy: parsePolicy(policyText),
    deadlineSecond: Date.UTC(2026, 10, 23, 10, 2) / 1000,
    roleArn: 'arn:aws:iam::111122223333:role/taskbound/x/Task',
    sessionName: 'a.bc',
    sourceIdentity: 'a.bc',
  } as LeaseFacts);
  const stands = (...of: Parameters<typeof eventOf>): Position => {
    const event = eventOf(...of);
    return policy.position(event, requiredPermissions(event) ?? []);
  };

  test.each<readonly [Position, string, string, object]>([
    ['inside', 'dynamodb', 'GetItem', { tableName: 't', key: { id: 'mine' } }],
    ['inside', 'dynamodb', 'GetItem', { tableName: 't', key: { id: { S: 'mine' } } }],
    ['outside', 'dynamodb', 'GetItem', { tableName: 't', key: { id: 'other' } }],
    ['outside', 'dynamodb', 'GetItem', { tableName: 'other', key: { id: 'mine' } }],
    // The record does not show which of two attributes is the partition key, and a Query's values are not
    // recorded.
    ['unclear', 'dynamodb', 'GetItem', { tableName: 't', key: { id: 'mine', at: 'x' } }],
    ['unclear', 'dynamodb', 'Query', { tableName: 't' }],
    ['outside', 'dynamodb', 'PutItem', { tableName: 't', key: { id: 'mine' } }],
    ['inside', 's3', 'ListObjects', { bucketName: 'b', prefix: 'mine/x' }],
    ['outside', 's3', 'ListObjects', { bucketName: 'b', prefix: 'other/' }],
    ['outside', 's3', 'ListObjects', { bucketName: 'b' }],
    ['unclear', 's3', 'GetObject', { bucketName: 'b', key: 'k' }],
  ])('%s: %s %s %j', (expected, ...call) => {
    expect(stands(...call)).toBe(expected);
  });

  test('a key whose resource policy names only the account, used by a service or directly', () => {
    const resources = [{ ARN: 'arn:aws:kms:eu-central-1:111122223333:key/k' }];
    const by = (invokedBy?: string) => ({ resources, userIdentity: { ...(invokedBy && { invokedBy }) } });
    expect(stands('kms', 'Decrypt', {}, by('secretsmanager.amazonaws.com'))).toBe('inside');
    expect(stands('kms', 'Decrypt', {}, by())).toBe('outside');
  });

  test('the deadline of the policy counts, except for the second of the deadline', () => {
    const at = (eventTime: string) =>
      stands('dynamodb', 'GetItem', { tableName: 't', key: { id: 'mine' } }, { eventTime });
    expect(['2026-11-23T10:01:59Z', '2026-11-23T10:02:00Z', '2026-11-23T10:02:01Z'].map(at)).toEqual([
      'inside',
      'inside',
      'outside',
    ]);
  });
});
