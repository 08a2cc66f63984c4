import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { build } from 'esbuild';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { Sha256 } from '../../../packages/local/gateway/auth/sha256.ts';
import { EmbeddedAws } from 'taskbound-local/embedded-aws';
import { createInvokeAs } from '../../../packages/local/lambda/invoke-as.ts';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import { ACCOUNT, START_MS } from './fixture.ts';

const account = 'arn:aws:iam::111122223333';
let codeDir = '';
beforeAll(async () => {
  const contents = `
    import { S3Client, PutObjectCommand } from '@aws-sdk/client-s3';
    const s3 = new S3Client({});
    export const handler = async (event) => {
      await s3.send(new PutObjectCommand({ Bucket: 'data', Key: event.key ?? 'from-url', Body: 'x' }));
      return { statusCode: 200, body: event.requestContext?.authorizer.iam.userArn ?? 'direct' };
    };`;
  const options = { bundle: true, platform: 'node', format: 'cjs', target: 'node24', write: false } as const;
  const built = await build({ stdin: { contents, resolveDir: import.meta.dirname }, ...options });
  codeDir = mkdtempSync(join(tmpdir(), 'taskbound-lambda-'));
  writeFileSync(join(codeDir, 'index.js'), built.outputFiles[0]?.text ?? '');
});

const trusting = (Service: string) => ({
  Statement: [{ Effect: 'Allow' as const, Principal: { Service }, Action: 'sts:AssumeRole' }],
});

async function embedded() {
  const clock = new VirtualClock({ startMs: START_MS });
  const aws = await EmbeddedAws.start({ clock });
  aws.s3.createBucket('data');
  const grant = (name: string, Action: string, Resource: string) =>
    aws.iam.putInline(
      name,
      'given',
      { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] },
      Number.NEGATIVE_INFINITY,
    );
  aws.iam.putRole({ name: 'FunctionRole', trust: trusting('lambda.amazonaws.com') }, START_MS);
  aws.iam.putRole({ name: 'MachineRole', trust: trusting('states.amazonaws.com') }, START_MS);
  grant('FunctionRole', 's3:PutObject', 'arn:aws:s3:::data/allowed');
  grant('MachineRole', 'lambda:InvokeFunction', `${ACCOUNT}:writer:*`);
  const { registry } = aws.lambda;
  const config = { codeDir, handler: 'index.handler', environment: {}, timeoutSeconds: 10, memoryMb: 128 };
  registry.createFunction({
    name: 'writer',
    arn: `${ACCOUNT}:writer`,
    roleArn: `${account}:role/FunctionRole`,
    ...config,
  });
  const version = registry.publishVersion('writer');
  const invokeAs = createInvokeAs({
    clock,
    send: aws.handle,
    assumeServiceRole: aws.assumeServiceRole,
    region: 'eu-central-1',
  });
  const invoke = (functionArn: string, payload: unknown, roleArn = `${account}:role/MachineRole`) =>
    invokeAs({ functionArn, payload, roleArn });
  return { aws, clock, registry, version, invoke };
}

it('the function and the machine have only the permissions of their own roles', async () => {
  const { aws, version, invoke } = await embedded();
  expect(await invoke(version, { key: 'allowed' })).toMatchObject({
    Payload: { body: 'direct' },
    ExecutedVersion: '1',
  });
  await expect(invoke(version, { key: 'sibling' })).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining(
      'assumed-role/FunctionRole/writer is not authorized to perform: s3:PutObject',
    ),
  });
  await expect(invoke(`${ACCOUNT}:writer`, {})).rejects.toMatchObject({ name: 'Lambda.AWSLambdaException' });
  await expect(invoke(version, {}, `${account}:role/FunctionRole`)).rejects.toMatchObject({
    name: 'States.TaskFailed',
  });
  expect(aws.s3.keys('data')).toEqual(['allowed']);
  await aws.close();
});

it('a function URL checks the signature and passes the caller on', async () => {
  const { aws, clock, registry } = await embedded();
  aws.iam.putInline(
    'FunctionRole',
    'url',
    {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::data/from-url' }],
    },
    Number.NEGATIVE_INFINITY,
  );
  const { url } = registry.createUrl({ functionName: 'writer', authType: 'AWS_IAM' });
  const { host, hostname, pathname } = new URL(url);
  const signer = new SignatureV4({
    service: 'lambda',
    region: 'eu-central-1',
    credentials: aws.rootCredentials,
    sha256: Sha256,
  });
  const body = '{}';
  const request = new HttpRequest({
    method: 'POST',
    hostname,
    path: pathname,
    headers: { host, 'content-type': 'application/json' },
    body,
  });
  const { headers } = await signer.sign(request, { signingDate: new Date(clock.nowMs()) });
  const send = (signed: typeof headers) =>
    aws.handle({ method: 'POST', path: pathname, headers: signed, body: Buffer.from(body) });
  const answer = await send(headers);
  expect([answer.status, Buffer.from(answer.body).toString()]).toEqual([
    200,
    'arn:aws:iam::111122223333:root',
  ]);
  expect(
    (await send({ ...headers, authorization: `${headers['authorization']?.slice(0, -1)}x` })).status,
  ).toBe(403);
  await aws.close();
});
