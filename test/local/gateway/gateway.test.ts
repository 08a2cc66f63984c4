import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { EmbeddedAws } from 'taskbound-local/embedded-aws';
import { SystemClock } from 'taskbound-local/clock/system-clock';
import { ACCOUNT, allow, refusal, sessionWith, start } from '../support.ts';

const once = { maxAttempts: 1 };
const wrongKey = { accessKeyId: 'AKIAWRONG', secretAccessKey: 'x'.repeat(40) };

describe('authentication', () => {
  it('knows the root user', async () => {
    const { aws } = await start();
    const identity = await new STSClient(aws.clientConfig()).send(new GetCallerIdentityCommand({}));
    expect(identity).toMatchObject({
      Account: ACCOUNT,
      Arn: `arn:aws:iam::${ACCOUNT}:root`,
      UserId: ACCOUNT,
    });
  });

  it.each([
    ['sts', 'InvalidClientTokenId', 403],
    ['secretsmanager', 'UnrecognizedClientException', 400],
    ['dynamodb', 'UnrecognizedClientException', 400],
    ['s3', 'InvalidAccessKeyId', 403],
  ])('refuses an unknown key as %s does: %s', async (service, name, status) => {
    const { aws } = await start();
    const config = { ...aws.clientConfig(wrongKey), ...once };
    expect(await refusal(callOf(service, config))).toMatchObject({ name, status });
  });

  it.each([
    ['sts', 'SignatureDoesNotMatch', 403],
    ['secretsmanager', 'InvalidSignatureException', 400],
    ['s3', 'SignatureDoesNotMatch', 403],
  ])('refuses a wrong secret key as %s does: %s', async (service, name, status) => {
    const { aws } = await start();
    const config = {
      ...aws.clientConfig({ ...aws.rootCredentials, secretAccessKey: 'x'.repeat(40) }),
      ...once,
    };
    expect(await refusal(callOf(service, config))).toMatchObject({ name, status });
  });

  it.each([
    ['sts', 'ExpiredToken', 403],
    ['secretsmanager', 'ExpiredTokenException', 400],
    ['s3', 'ExpiredToken', 400],
  ])('refuses an expired session as %s does: %s', async (service, name, status) => {
    const { aws, clock } = await start();
    const config = { ...sessionWith(aws, 'Reader', undefined), ...once };
    clock.advance(3_600_000);
    expect(await refusal(callOf(service, config))).toMatchObject({ name, status });
  });

  it('accepts a session until the last millisecond before its end', async () => {
    const { aws, clock } = await start();
    const config = sessionWith(aws, 'Reader', undefined);
    clock.advance(3_599_999);
    await expect(new STSClient(config).send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
      Account: ACCOUNT,
    });
  });

  it("refuses a session token that is not the key's own", async () => {
    const { aws } = await start();
    const config = sessionWith(aws, 'Reader', undefined);
    const forged = aws.clientConfig({ ...config.credentials, sessionToken: 'AAAA' });
    expect(
      await refusal(new STSClient({ ...forged, ...once }).send(new GetCallerIdentityCommand({}))),
    ).toMatchObject({ name: 'InvalidClientTokenId' });
  });

  it('lets a client with another clock correct its signature by the Date header', async () => {
    const { aws } = await start();
    const { signerConstructor: _, ...config } = aws.clientConfig();
    await expect(new STSClient(config).send(new GetCallerIdentityCommand({}))).resolves.toMatchObject({
      Account: ACCOUNT,
    });
    expect(
      await refusal(new STSClient({ ...config, ...once }).send(new GetCallerIdentityCommand({}))),
    ).toMatchObject({ name: 'SignatureDoesNotMatch' });
  });

  it('refuses a request whose body was changed after it was signed', async () => {
    const { aws } = await start();
    const original = aws.requestHandler;
    const requestHandler = Object.assign(Object.create(original), {
      handle: (request: { body: string }) =>
        original.handle({
          ...request,
          body: request.body.replace('GetCallerIdentity', 'GetCallerIdentity '),
        } as never),
    });
    expect(
      await refusal(
        new STSClient({ ...aws.clientConfig(), requestHandler, ...once }).send(
          new GetCallerIdentityCommand({}),
        ),
      ),
    ).toMatchObject({ name: 'SignatureDoesNotMatch' });
  });

  it('refuses a request without a signature', async () => {
    const { aws } = await start();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await aws.handle({
      method: 'POST',
      path: '/',
      headers,
      body: Buffer.from('Action=GetCallerIdentity'),
    });
    expect(response.status).toBe(403);
    expect(Buffer.from(response.body).toString()).toContain('<Code>MissingAuthenticationToken</Code>');
  });

  it('names a service that it does not have', async () => {
    const { aws } = await start();
    const headers = {
      authorization: `AWS4-HMAC-SHA256 Credential=A/20261123/eu-central-1/ec2/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
    };
    const response = await aws.handle({ method: 'POST', path: '/', headers, body: new Uint8Array() });
    expect(response.status).toBe(501);
    expect(Buffer.from(response.body).toString()).toContain('no service \\"ec2\\"');
  });
});

describe('paths', () => {
  it.each([
    'a/../b',
    '../up',
    'a//b',
    '/lead',
    'tail/',
    'sp ace',
    'p+l%2Fus',
    'q\'uo"te',
    'ümläut',
    '*?$!()',
    'back\\slash',
    './dot',
    'a/./b',
  ])('keeps the S3 key %j as it is', async (Key) => {
    const { aws } = await start();
    aws.s3.createBucket('data');
    const s3 = new S3Client(aws.clientConfig());
    await s3.send(new PutObjectCommand({ Bucket: 'data', Key, Body: 'content' }));
    expect(aws.s3.keys('data')).toEqual([Key]);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'data', Key }));
    expect(await Body?.transformToString()).toBe('content');
  });
});

describe('over HTTP', () => {
  it('serves unmodified SDK clients, with exact keys', async () => {
    const real = await EmbeddedAws.start({ clock: new SystemClock() });
    real.s3.createBucket('data');
    const { endpoint, close } = await real.listen(0);
    const config = { endpoint, region: 'eu-central-1', credentials: real.rootCredentials };
    try {
      const s3 = new S3Client({ ...config, forcePathStyle: true });
      for (const Key of ['a/../b', 'a//b', 'sp ace+plus', 'tail/']) {
        await s3.send(new PutObjectCommand({ Bucket: 'data', Key, Body: Key }));
        expect(real.s3.get('data', Key)?.toString()).toBe(Key);
      }
      const secrets = new SecretsManagerClient(config);
      await secrets.send(new CreateSecretCommand({ Name: 'one', SecretString: 'value' }));
      expect(await secrets.send(new GetSecretValueCommand({ SecretId: 'one' }))).toMatchObject({
        SecretString: 'value',
      });
      expect(await new STSClient(config).send(new GetCallerIdentityCommand({}))).toMatchObject({
        Account: ACCOUNT,
      });
    } finally {
      await close();
    }
  });
});

describe('the trail', () => {
  it('records the caller, the call and its refusal', async () => {
    const { aws } = await start();
    const config = sessionWith(aws, 'Reader', allow('ssm:GetParameter'));
    aws.ssm.putParameter('/types', 'x', 0);
    await new SSMClient(config).send(new GetParameterCommand({ Name: '/types' }));
    await refusal(
      new IAMClient(config).send(
        new PutRolePolicyCommand({ RoleName: 'Reader', PolicyName: 'p', PolicyDocument: '{}' }),
      ),
    );
    const [read, write] = aws.trail;
    expect(read).toMatchObject({
      eventSource: 'ssm.amazonaws.com',
      eventName: 'GetParameter',
      eventTime: '2026-11-23T10:00:00Z',
      awsRegion: 'eu-central-1',
      readOnly: true,
      requestParameters: { name: '/types' },
      userIdentity: {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Reader/someone`,
        accessKeyId: config.credentials.accessKeyId,
        sessionContext: {
          sessionIssuer: { type: 'Role', userName: 'Reader' },
          attributes: { creationDate: '2026-11-23T10:00:00Z' },
        },
      },
    });
    expect(read?.userIdentity['principalId']).toMatch(/^AROA[A-Z2-7]{17}:someone$/);
    expect(read).not.toHaveProperty('errorCode');
    expect(write).toMatchObject({ eventName: 'PutRolePolicy', errorCode: 'AccessDenied', readOnly: false });
    expect(write?.errorMessage).toContain('is not authorized to perform: iam:PutRolePolicy');
  });

  it('never shows a secret value or key', async () => {
    const { aws } = await start();
    const secrets = new SecretsManagerClient(aws.clientConfig());
    await secrets.send(new CreateSecretCommand({ Name: 'one', SecretString: 'very-recognisable' }));
    await secrets.send(new GetSecretValueCommand({ SecretId: 'one' }));
    expect(aws.trail).toHaveLength(2);
    expect(JSON.stringify(aws.trail)).not.toContain('very-recognisable');
    expect(JSON.stringify(aws.trail)).not.toContain(aws.rootCredentials.secretAccessKey);
  });
});

describe('defects', () => {
  it('reports an unexpected error and returns InternalFailure', async () => {
    const { aws } = await start();
    const defects: unknown[] = [];
    aws.onDefect = (error) => void defects.push(error);
    aws.secrets.store.find = () => {
      throw new TypeError('a mistake');
    };
    const secrets = new SecretsManagerClient({ ...aws.clientConfig(), ...once });
    expect(await refusal(secrets.send(new GetSecretValueCommand({ SecretId: 'one' })))).toMatchObject({
      name: 'InternalFailure',
      status: 500,
    });
    expect(defects).toEqual([expect.objectContaining({ message: 'a mistake' })]);
  });
});

it('gives the same ids for the same seed and others for another seed', async () => {
  const keys = async (seed: string) => {
    const { aws } = await start({ seed });
    return [aws.rootCredentials.secretAccessKey, sessionWith(aws, 'R', undefined).credentials];
  };
  expect(await keys('a')).toEqual(await keys('a'));
  expect(await keys('a')).not.toEqual(await keys('b'));
});

function callOf(
  service: string,
  config: ReturnType<Awaited<ReturnType<typeof start>>['aws']['clientConfig']> & { maxAttempts: number },
): Promise<unknown> {
  if (service === 'sts') return new STSClient(config).send(new GetCallerIdentityCommand({}));
  if (service === 's3') return new S3Client(config).send(new GetObjectCommand({ Bucket: 'data', Key: 'k' }));
  if (service === 'dynamodb')
    return new DynamoDBClient(config).send(new GetItemCommand({ TableName: 't', Key: { id: { S: 'a' } } }));
  return new SecretsManagerClient(config).send(new GetSecretValueCommand({ SecretId: 'one' }));
}
