import { STSClient } from '@aws-sdk/client-sts';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { expect, it } from 'vitest';
import { smallTemplate, writeAsset } from '../template/support.ts';
import { ACCOUNT, sessionWith, start } from '../support.ts';

async function setUp() {
  const { aws } = await start();
  const dir = writeAsset();
  const { outputs } = await aws.load(smallTemplate(), { stackName: 'Small', assetDir: () => dir });
  const url = new URL(outputs['SubmitUrl'] ?? '');
  const post = async (client: ReturnType<typeof aws.clientConfig>, path = url.pathname) => {
    const { config } = new STSClient(client);
    const signer = new SignatureV4({
      service: 'lambda',
      region: 'eu-central-1',
      credentials: config.credentials,
      sha256: config.sha256,
    });
    const unsigned = new HttpRequest({
      method: 'POST',
      hostname: url.hostname,
      path,
      headers: { host: url.host, 'content-type': 'application/json' },
      body: '{}',
    });
    const signed = await signer.sign(unsigned, { signingDate: new Date(aws.clock.nowMs()) });
    const { response } = await config.requestHandler.handle(new HttpRequest(signed));
    return {
      status: response.statusCode,
      text: Buffer.from(await config.streamCollector(response.body)).toString(),
    };
  };
  return { aws, post, url };
}

it('serves a signed call of a function URL', async () => {
  const { aws, post } = await setUp();
  expect(await post(aws.clientConfig())).toEqual({
    status: 200,
    text: JSON.stringify({ from: 'url', parameter: 'Small-Setting' }),
  });
  expect(aws.trail.at(-1)).toMatchObject({
    eventSource: 'lambda.amazonaws.com',
    userIdentity: { type: 'Root', accountId: ACCOUNT },
  });
});

it('refuses a caller without permission', async () => {
  const { aws, post } = await setUp();
  expect(await post(sessionWith(aws, 'Stranger', undefined))).toMatchObject({ status: 403 });
  expect(aws.trail.at(-1)).toMatchObject({ userIdentity: { type: 'AssumedRole' } });
});

it('refuses a call without a signature', async () => {
  const { aws, url } = await setUp();
  const response = await aws.handle({
    method: 'POST',
    path: url.pathname,
    headers: { host: url.host },
    body: Buffer.from('{}'),
  });
  expect(response.status).toBe(403);
  expect(aws.trail).toEqual([]);
});
