import { createHash } from 'node:crypto';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { HttpResponse, type HttpRequest } from '@smithy/protocol-http';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from 'taskbound-evidence/canonical-json/digest';
import { toolsUsed } from '../../../core/work/work.ts';
import { TaskClients } from '../../../lambdas/runtime/clients.ts';
import { ToolLog } from '../../../lambdas/runtime/uses/tool-log.ts';
import { SESSION, VALUES } from './harness.ts';
import { redactor } from '../../../core/secrets/redact.ts';

/** A request handler that answers each request with the given status and keeps the requests. */
function wire(answer: (request: HttpRequest) => { status: number; body?: string; requestId?: string }) {
  const sent: HttpRequest[] = [];
  const handle = async (request: HttpRequest) => {
    sent.push(request);
    const { status, body = '', requestId = 'REQUEST1' } = answer(request);
    return {
      response: new HttpResponse({
        statusCode: status,
        headers: { 'x-amzn-requestid': requestId, 'x-amz-request-id': requestId },
        body: Buffer.from(body),
      }),
    };
  };
  return { sent, settings: { requestHandler: { handle }, maxAttempts: 1 } };
}

function taskClients() {
  const tools = new ToolLog(redactor(VALUES));
  const { accessKeyId, secretAccessKey, sessionToken } = SESSION;
  return {
    tools,
    clients: new TaskClients(
      { region: 'eu-central-1', credentials: { accessKeyId, secretAccessKey, sessionToken } },
      '111122223333',
      tools,
    ),
  };
}

const DENIED = '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>no</Message></Error>';

describe('TaskClients', () => {
  it('signs requests with the session’s credentials', async () => {
    const { sent, settings } = wire(() => ({ status: 200 }));
    await taskClients()
      .clients.make(S3Client, settings)
      .send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' }));
    expect(sent[0]?.headers['x-amz-security-token']).toBe(SESSION.sessionToken);
    expect(sent[0]?.headers['authorization']).toContain(`Credential=${SESSION.accessKeyId}/`);
  });

  it('records each use with its IAM action, its resource, its request id and its outcome', async () => {
    const { tools, clients } = taskClients();
    const ok = wire(() => ({ status: 200, requestId: 'OK1' }));
    const no = wire(() => ({ status: 403, body: DENIED, requestId: 'NO1' }));
    await clients.make(S3Client, ok.settings).send(new HeadObjectCommand({ Bucket: 'b', Key: 'a b/ü' }));
    await clients
      .make(S3Client, no.settings)
      .send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: 'x' }))
      .catch(() => undefined);
    await clients
      .make(SecretsManagerClient, wire(() => ({ status: 200, body: '{}', requestId: 'SM1' })).settings)
      .send(new GetSecretValueCommand({ SecretId: 'taskbound/x' }));
    await clients
      .make(STSClient, no.settings)
      .send(new AssumeRoleCommand({ RoleArn: 'arn:aws:iam::1:role/R', RoleSessionName: 'me' }))
      .catch(() => undefined);
    const summary = tools.summary();
    expect(toolsUsed.parse(summary)).toEqual(summary);
    expect(summary.uses).toEqual([
      { action: 's3:GetObject', resource: 'arn:aws:s3:::b/a b/ü', requestId: 'OK1', outcome: 'ok' },
      { action: 's3:PutObject', resource: 'arn:aws:s3:::b/k', requestId: 'NO1', outcome: 'AccessDenied' },
      { action: 'secretsmanager:GetSecretValue', resource: 'taskbound/x', requestId: 'SM1', outcome: 'ok' },
      {
        action: 'sts:AssumeRole',
        resource: 'arn:aws:iam::1:role/R',
        requestId: 'NO1',
        outcome: expect.any(String),
      },
    ]);
    expect(summary.uses[3]?.outcome).not.toBe('ok');
  });

  it('records a copy as a read and a write', async () => {
    const { tools, clients } = taskClients();
    const { settings } = wire(() => ({ status: 403, body: DENIED }));
    const copy = new CopyObjectCommand({ Bucket: 'to', Key: 'x', CopySource: 'from/a%20b%2F%3F' });
    await clients
      .make(S3Client, settings)
      .send(copy)
      .catch(() => undefined);
    expect(tools.summary().uses.map(({ action, resource }) => [action, resource])).toEqual([
      ['s3:GetObject', 'arn:aws:s3:::from/a b/?'],
      ['s3:PutObject', 'arn:aws:s3:::to/x'],
    ]);
  });

  it.each<readonly [string, (client: S3Client) => Promise<unknown>, readonly (readonly [string, string])[]]>([
    [
      'a version that is read',
      (client) => client.send(new GetObjectCommand({ Bucket: 'b', Key: 'k', VersionId: 'v' })),
      [['s3:GetObjectVersion', 'b/k']],
    ],
    [
      'a version that is asked for',
      (client) => client.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k', VersionId: 'v' })),
      [['s3:GetObjectVersion', 'b/k']],
    ],
    [
      'a version that is deleted',
      (client) => client.send(new DeleteObjectCommand({ Bucket: 'b', Key: 'k', VersionId: 'v' })),
      [['s3:DeleteObjectVersion', 'b/k']],
    ],
    [
      'a version that is copied',
      (client) =>
        client.send(new CopyObjectCommand({ Bucket: 'to', Key: 'x', CopySource: '/b/a%20b?versionId=v' })),
      [
        ['s3:GetObjectVersion', 'b/a b'],
        ['s3:PutObject', 'to/x'],
      ],
    ],
    [
      'one use for each of several deleted objects',
      (client) =>
        client.send(
          new DeleteObjectsCommand({
            Bucket: 'b',
            Delete: { Objects: [{ Key: 'k' }, { Key: 'l', VersionId: 'v' }] },
          }),
        ),
      [
        ['s3:DeleteObject', 'b/k'],
        ['s3:DeleteObjectVersion', 'b/l'],
      ],
    ],
  ])('records %s', async (_what, send, uses) => {
    const { tools, clients } = taskClients();
    const { settings } = wire(() => ({ status: 403, body: DENIED }));
    await expect(send(clients.make(S3Client, settings))).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(tools.summary().uses.map(({ action, resource }) => [action, resource])).toEqual(
      uses.map(([action, path]) => [action, `arn:aws:s3:::${path}`]),
    );
  });

  it('records a call without an answer', async () => {
    const { tools, clients } = taskClients();
    const settings = {
      maxAttempts: 1,
      requestHandler: { handle: () => Promise.reject(new TypeError('no route')) },
    };
    await clients
      .make(S3Client, settings)
      .send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' }))
      .catch(() => undefined);
    expect(tools.summary().uses).toMatchObject([{ requestId: '', outcome: 'TypeError' }]);
  });

  it('sends nothing for a client of an earlier invocation', async () => {
    const { clients } = taskClients();
    const { sent, settings } = wire(() => ({ status: 200 }));
    const kept = clients.make(S3Client, settings);
    clients.end();
    await expect(kept.send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' }))).rejects.toMatchObject({
      name: 'InvocationEnded',
    });
    expect(sent).toHaveLength(0);
  });

  it.each(['a/../b', 'a//b', '../x', 'tail/', 'a+b c%20d', 'ünï', '/lead', 'q?x=1#f'])(
    'sends the key %j byte for byte',
    async (Key) => {
      const { sent, settings } = wire(() => ({ status: 200 }));
      await taskClients()
        .clients.make(S3Client, { ...settings, forcePathStyle: true })
        .send(new HeadObjectCommand({ Bucket: 'bucket', Key }));
      expect(decodeURIComponent(sent[0]?.path ?? '')).toBe(`/bucket/${Key}`);
    },
  );
});

describe('TaskClients, for DynamoDB', () => {
  const TABLE = 'arn:aws:dynamodb:eu-central-1:111122223333:table/Cases';
  const answer = () => wire(() => ({ status: 200, body: '{}', requestId: 'D1' })).settings;

  async function usesOf(work: (plain: DynamoDBClient, document: DynamoDBDocumentClient) => Promise<unknown>) {
    const { tools, clients } = taskClients();
    const plain = clients.make(DynamoDBClient, answer());
    await work(plain, DynamoDBDocumentClient.from(plain));
    return tools.summary().uses.map(({ action, resource, key }) => [action, resource, key]);
  }

  it('records the table’s ARN and the item’s key with both clients, and never other contents', async () => {
    const Key = { caseId: { S: 'C-1' } };
    const Item = { ...Key, text: { S: 'a secret story' } };
    const uses = await usesOf(async (plain, document) => {
      await plain.send(new GetItemCommand({ TableName: 'Cases', Key }));
      await document.send(new GetCommand({ TableName: 'Cases', Key: { caseId: 'C-1' } }));
      await plain.send(new PutItemCommand({ TableName: TABLE, Item }));
      await document.send(
        new PutCommand({ TableName: 'Cases', Item: { caseId: 'C-1', text: 'a secret story' } }),
      );
      await plain.send(
        new DeleteItemCommand({ TableName: 'Cases', Key: { pk: { N: '7' }, sk: { B: Buffer.from('x') } } }),
      );
      await document.send(new UpdateCommand({ TableName: 'Cases', Key: { pk: 7n } }));
    });
    expect(uses).toEqual([
      ['dynamodb:GetItem', TABLE, { caseId: 'C-1' }],
      ['dynamodb:GetItem', TABLE, { caseId: 'C-1' }],
      ['dynamodb:PutItem', TABLE, undefined],
      ['dynamodb:PutItem', TABLE, undefined],
      ['dynamodb:DeleteItem', TABLE, { pk: '7', sk: 'eA==' }],
      ['dynamodb:UpdateItem', TABLE, { pk: '7' }],
    ]);
    expect(JSON.stringify(uses)).not.toContain('story');
  });

  it('records an index, a scan, and one use for each item of a batch or a transaction', async () => {
    const Key = (id: string) => ({ caseId: { S: id } });
    const uses = await usesOf(async (plain) => {
      await plain.send(new QueryCommand({ TableName: 'Cases', IndexName: 'byDay' }));
      await plain.send(new ScanCommand({ TableName: 'Cases' }));
      await plain.send(
        new BatchGetItemCommand({ RequestItems: { Cases: { Keys: [Key('C-1'), Key('C-2')] } } }),
      );
      const Update = { TableName: 'Cases', Key: Key('C-3'), UpdateExpression: 'SET a = :a' };
      await plain.send(
        new TransactWriteItemsCommand({
          TransactItems: [{ Update }, { Put: { TableName: 'Cases', Item: Key('C-4') } }],
        }),
      );
      const writes = [{ DeleteRequest: { Key: Key('C-5') } }, { PutRequest: { Item: Key('C-6') } }];
      await plain.send(new BatchWriteItemCommand({ RequestItems: { Cases: writes } }));
    });
    expect(uses).toEqual([
      ['dynamodb:Query', `${TABLE}/index/byDay`, undefined],
      ['dynamodb:Scan', TABLE, undefined],
      ['dynamodb:BatchGetItem', TABLE, { caseId: 'C-1' }],
      ['dynamodb:BatchGetItem', TABLE, { caseId: 'C-2' }],
      ['dynamodb:UpdateItem', TABLE, { caseId: 'C-3' }],
      ['dynamodb:PutItem', TABLE, undefined],
      ['dynamodb:BatchWriteItem', TABLE, { caseId: 'C-5' }],
      ['dynamodb:BatchWriteItem', TABLE, undefined],
    ]);
  });
});

describe('ToolLog', () => {
  const use = (n: number) => ({ action: 's3:GetObject', resource: `arn:aws:s3:::b/${n}` });

  it('keeps the first 100 uses, and counts and digests all of them', () => {
    const log = new ToolLog((text) => text);
    const all = createHash('sha256');
    for (let n = 1; n <= 130; n += 1) {
      log.add([use(n)], `R${n}`, 'ok');
      all.update(`${canonicalJson({ ...use(n), requestId: `R${n}`, outcome: 'ok' })}\n`);
    }
    const { uses, count, digest } = log.summary();
    expect(uses.map(({ requestId }) => requestId)).toEqual(
      Array.from({ length: 100 }, (_, n) => `R${n + 1}`),
    );
    expect([count, digest]).toEqual([130, all.digest('hex')]);
  });

  it('stays below its size limit for long names, and keeps the first uses', () => {
    const log = new ToolLog((text) => text);
    for (let n = 0; n < 100; n += 1)
      log.add([{ action: 's3:GetObject', resource: 'ü'.repeat(5_000) }], 'R', 'ok');
    log.add([use(1)], 'last', 'ok');
    const { uses, count } = log.summary();
    expect(Buffer.byteLength(JSON.stringify(uses))).toBeLessThan(70_000);
    expect(uses.some(({ requestId }) => requestId === 'last')).toBe(false);
    expect(count).toBe(101);
  });

  it('contains no secret value', () => {
    const log = new ToolLog(redactor(VALUES));
    const key = { id: SESSION.secretAccessKey };
    log.add(
      [{ action: 's3:GetObject', resource: `arn:aws:s3:::b/${SESSION.secretAccessKey}`, key }],
      'R',
      'ok',
    );
    expect(log.summary().uses[0]).toMatchObject({
      resource: 'arn:aws:s3:::b/[redacted]',
      key: { id: '[redacted]' },
    });
  });
});
