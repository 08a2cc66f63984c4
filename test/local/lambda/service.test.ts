import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { Sha256 } from '../../../packages/local/gateway/auth/sha256.ts';
import { createInvokeAs } from '../../../packages/local/lambda/invoke-as.ts';
import { S3Service } from 'taskbound-local/s3/service';
import { ACCOUNT, lambdaFixture, START_MS } from './fixture.ts';

const echo = 'exports.handler = async (event, context) => ({ event, arn: context.invokedFunctionArn });';

describe('Invoke', () => {
  it('serves the SDK, authorizes the given ARN, and records a data event', async () => {
    const { create, gateway, registry } = lambdaFixture();
    create('echo', echo);
    const version = registry.publishVersion('echo');
    const client = new LambdaClient(gateway.clientConfig());
    const answer = await client.send(new InvokeCommand({ FunctionName: version, Payload: '{"a":1}' }));
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '1' });
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ event: { a: 1 }, arn: version });
    await client.send(new InvokeCommand({ FunctionName: 'echo' }));
    expect(gateway.checks).toEqual([
      { action: 'lambda:InvokeFunction', resource: `${ACCOUNT}:echo:1` },
      { action: 'lambda:InvokeFunction', resource: `${ACCOUNT}:echo` },
    ]);
    expect(gateway.records[0]).toMatchObject({ eventName: 'Invoke', eventCategory: 'Data' });
  });

  it('reports function errors and refusals', async () => {
    const { create, gateway } = lambdaFixture();
    create('fails', 'exports.handler = async () => { throw new Error("x"); };');
    const client = new LambdaClient(gateway.clientConfig());
    const answer = await client.send(new InvokeCommand({ FunctionName: 'fails' }));
    expect(answer.FunctionError).toBe('Unhandled');
    await expect(client.send(new InvokeCommand({ FunctionName: 'nobody' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    gateway.allows = () => false;
    await expect(client.send(new InvokeCommand({ FunctionName: 'fails' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('passes the resource policy to IAM', async () => {
    const { create, gateway, registry } = lambdaFixture();
    create('echo', echo);
    registry.addPermission({
      functionName: 'echo',
      statementId: 'events',
      action: 'lambda:InvokeFunction',
      principal: 'events.amazonaws.com',
      sourceArn: 'arn:aws:events:eu-central-1:111122223333:rule/r',
    });
    await new LambdaClient(gateway.clientConfig()).send(new InvokeCommand({ FunctionName: 'echo' }));
    expect(gateway.checks[0]?.resourcePolicy?.Statement).toEqual([
      {
        Sid: 'events',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'lambda:InvokeFunction',
        Resource: `${ACCOUNT}:echo`,
        Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:events:eu-central-1:111122223333:rule/r' } },
      },
    ]);
  });

  it('starts an Event invocation without waiting for it', async () => {
    const { create, gateway, host, clock } = lambdaFixture();
    create(
      'slow',
      'exports.handler = async () => { await new Promise((r) => setTimeout(r, 1_000)); console.log("done"); };',
    );
    const answer = await new LambdaClient(gateway.clientConfig()).send(
      new InvokeCommand({ FunctionName: 'slow', InvocationType: 'Event' }),
    );
    expect(answer.StatusCode).toBe(202);
    expect(host.logs).toEqual([]);
    await clock.sleep(2_000);
    expect(host.logs).toMatchObject([{ message: 'done' }]);
  });
});

describe('function URLs', () => {
  const signer = new SignatureV4({
    service: 'lambda',
    region: 'eu-central-1',
    credentials: { accessKeyId: 'A', secretAccessKey: 'b' },
    sha256: Sha256,
  });
  const post = async (gateway: ReturnType<typeof lambdaFixture>['gateway'], url: string, body: string) => {
    const { host, hostname, pathname } = new URL(url);
    const signed = await signer.sign(
      new HttpRequest({
        method: 'POST',
        hostname,
        path: pathname,
        headers: { host, 'content-type': 'application/json' },
        body,
      }),
    );
    return gateway.handle({
      method: 'POST',
      path: `${pathname}submit?x=1`,
      headers: signed.headers,
      body: Buffer.from(body),
    });
  };

  it('need both permissions and pass the caller on', async () => {
    const { create, gateway, registry } = lambdaFixture();
    create(
      'echo',
      'exports.handler = async (event) => ({ statusCode: 201, headers: { "X-A": "b" }, body: JSON.stringify(event) });',
    );
    const { url } = registry.createUrl({ functionName: `${ACCOUNT}:echo`, authType: 'AWS_IAM' });
    const answer = await post(gateway, url, '{"q":1}');
    expect(answer).toMatchObject({ status: 201, headers: { 'x-a': 'b' } });
    expect(JSON.parse(Buffer.from(answer.body).toString())).toMatchObject({
      version: '2.0',
      rawPath: '/submit',
      rawQueryString: 'x=1',
      body: '{"q":1}',
      isBase64Encoded: false,
      requestContext: {
        http: { method: 'POST', path: '/submit' },
        timeEpoch: START_MS,
        time: '23/Nov/2026:10:00:00 +0000',
        authorizer: {
          iam: {
            userArn: 'arn:aws:sts::111122223333:assumed-role/Tester/alice',
            userId: 'AROAEXAMPLE:alice',
            cognitoIdentity: null,
          },
        },
      },
    });
    expect(gateway.checks.map(({ action, context }) => [action, context])).toEqual([
      ['lambda:InvokeFunctionUrl', { 'lambda:FunctionUrlAuthType': 'AWS_IAM' }],
      [
        'lambda:InvokeFunction',
        { 'lambda:FunctionUrlAuthType': 'AWS_IAM', 'lambda:InvokedViaFunctionUrl': 'true' },
      ],
    ]);
    for (const action of ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction']) {
      gateway.allows = (check) => check.action !== action;
      const refused = await post(gateway, url, '{}');
      expect([refused.status, Buffer.from(refused.body).toString()]).toEqual([
        403,
        expect.stringContaining('"Message":"Forbidden'),
      ]);
    }
  });

  it('return 502 when the function fails', async () => {
    const { create, gateway, registry } = lambdaFixture();
    create('fails', 'exports.handler = async () => { throw new Error("x"); };');
    const { url } = registry.createUrl({ functionName: 'fails', authType: 'AWS_IAM' });
    expect((await post(gateway, url, '{}')).status).toBe(502);
  });
});

describe('invokeAs', () => {
  const prepare = () => {
    const fixture = lambdaFixture();
    const { clock, gateway, assumeServiceRole } = fixture;
    const invokeAs = createInvokeAs({
      clock,
      send: gateway.handle,
      assumeServiceRole,
      region: 'eu-central-1',
    });
    return {
      ...fixture,
      invoke: (name: string) =>
        invokeAs({
          functionArn: `${ACCOUNT}:${name}`,
          payload: { a: 1 },
          roleArn: 'arn:aws:iam::111122223333:role/Machine',
        }),
    };
  };

  it('returns the result of the state', async () => {
    const { create, invoke, assumed } = prepare();
    create('echo', echo);
    expect(await invoke('echo')).toEqual({
      ExecutedVersion: '$LATEST',
      StatusCode: 200,
      Payload: { event: { a: 1 }, arn: `${ACCOUNT}:echo` },
    });
    expect(assumed[0]).toEqual(['arn:aws:iam::111122223333:role/Machine', 'states.amazonaws.com', 'states']);
  });

  it('names errors as ErrorEquals matches them', async () => {
    const { create, invoke, gateway } = prepare();
    create(
      'fails',
      'exports.handler = async () => { const e = new Error("why"); e.name = "Admit.Refused"; throw e; };',
    );
    await expect(invoke('fails')).rejects.toMatchObject({
      name: 'Admit.Refused',
      message: expect.stringContaining('"errorMessage":"why"'),
    });
    await expect(invoke('nobody')).rejects.toMatchObject({ name: 'Lambda.ResourceNotFoundException' });
    gateway.allows = () => false;
    await expect(invoke('fails')).rejects.toMatchObject({
      name: 'Lambda.AWSLambdaException',
      message: expect.stringContaining('Error Code: AccessDeniedException'),
    });
  });

  it('names the error of a throttled function', async () => {
    const { create, invoke } = prepare();
    create('full', echo, { reservedConcurrency: 0 });
    await expect(invoke('full')).rejects.toMatchObject({ name: 'Lambda.TooManyRequestsException' });
  });
});

describe('the AWS SDK inside a function', () => {
  let bundle = '';
  beforeAll(async () => {
    const contents = `
      import { S3Client, PutObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
      export const handler = async ({ key, text }) => {
        const s3 = new S3Client({});
        await s3.send(new PutObjectCommand({ Bucket: 'data', Key: key, Body: text }));
        const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'data', Key: key }));
        const missing = await s3.send(new GetObjectCommand({ Bucket: 'data', Key: 'none' })).catch((e) => [e.name, e instanceof Error]);
        return { text: await Body.transformToString(), missing };
      };`;
    const built = await build({
      stdin: { contents, resolveDir: import.meta.dirname },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node24',
      minify: true,
      write: false,
    });
    bundle = built.outputFiles[0]?.text ?? '';
  });

  it.each(['plain', 'a//b', 'a/../b', 'tail/', 'sp ace +*?$"%5C\\é'])(
    'reaches the embedded AWS in process, key %j',
    async (key) => {
      const { create, invoke, gateway, clock, host } = lambdaFixture();
      const s3 = new S3Service({ clock });
      s3.createBucket('data');
      gateway.register(s3);
      create('sdk', bundle);
      const { payload } = await invoke('sdk', { key, text: 'content' });
      expect(JSON.parse(payload)).toEqual({ text: 'content', missing: ['NoSuchKey', true] });
      expect(s3.keys('data')).toEqual([key]);
      expect(clock.nowMs()).toBe(START_MS);
      expect(host.logs).toEqual([]);
    },
  );
});

it('lets a function wait for another one that sleeps, in virtual time', async () => {
  const { create, invoke, gateway, clock } = lambdaFixture();
  create(
    'sleeper',
    'exports.handler = async () => { await new Promise((r) => setTimeout(r, 2_000)); return "rested"; };',
  );
  create(
    'caller',
    `exports.handler = () => new Promise((resolve, reject) => {
      const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=A/20261123/eu-central-1/lambda/aws4_request' };
      const request = require('http').request({ method: 'POST', path: '/2015-03-31/functions/sleeper/invocations', headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => resolve([response.statusCode, text, Date.now()]));
      });
      request.on('error', reject).end('{}');
    });`,
  );
  expect(JSON.parse((await invoke('caller')).payload)).toEqual([200, '"rested"', START_MS + 2_000]);
  expect(gateway.requests).toHaveLength(1);
  expect(clock.nowMs()).toBe(START_MS + 2_000);
});
