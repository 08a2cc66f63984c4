import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reachableUrl } from '../../../client/calls/function-url.ts';
import { submitRequest } from '../../../client/calls/submit-request.ts';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import { T0 } from '../../cli/support.ts';

const request = { type: 'object-transfer', taskId: 'mine-1', reason: 'é', parameters: { sourceKey: 'a b' } };
const task = {
  taskId: 'mine-1',
  boundaryId: 'object-transfer.mine-1',
  executionArn: 'arn',
  phase: 'approved',
  created: true,
};

/** Starts a function URL that returns the answers in their order, and then repeats the last one. */
async function startFunctionUrl(answers: readonly { readonly status: number; readonly body: unknown }[]) {
  const received: { message: IncomingMessage; body: string }[] = [];
  const server = createServer(async (message, response) => {
    const body = Buffer.concat(await message.toArray()).toString('utf8');
    const answer = answers[Math.min(received.length, answers.length - 1)];
    received.push({ message, body });
    response
      .writeHead(answer?.status ?? 500)
      .end(typeof answer?.body === 'string' ? answer.body : JSON.stringify(answer?.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = {
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' },
  };
  const clock = new VirtualClock({ startMs: T0 });
  return {
    received,
    target: { url: `${endpoint}/`, config, clock, grant: 'grantSubmit', roles: [] } as const,
  };
}

describe('submit', () => {
  it('posts the request, signed for Lambda with the time of the given clock', async () => {
    const { received, target } = await startFunctionUrl([{ status: 200, body: task }]);
    expect(await submitRequest(target, request)).toEqual(task);
    expect(JSON.parse(received[0]?.body ?? '')).toEqual(request);
    const { headers, method } = received[0]?.message ?? {};
    expect(method).toBe('POST');
    expect(headers?.authorization).toMatch(
      /Credential=AKIDEXAMPLE\/20261123\/eu-central-1\/lambda\/aws4_request/,
    );
    expect(headers?.['x-amz-date']).toBe('20261123T100000Z');
  });

  it('retries a failed submission with the same task id', async () => {
    const { received, target } = await startFunctionUrl([
      { status: 502, body: 'bad gateway' },
      { status: 429, body: {} },
      { status: 200, body: task },
    ]);
    expect(await submitRequest(target, request)).toEqual(task);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(received).toHaveLength(3);
  });

  it('reports that the task may exist when every attempt fails', async () => {
    const { target } = await startFunctionUrl([{ status: 500, body: { error: 'X', message: 'y' } }]);
    await expect(submitRequest(target, request)).rejects.toThrow(
      /It is not known whether task mine-1 exists: run the request again with "taskId": "mine-1"/,
    );
  });

  it.each([
    [400, { error: 'MalformedRequest', message: 'Field x is y.' }, 'MalformedRequest', 'Field x is y.'],
    [409, { error: 'TaskIdTaken', message: 'taken' }, 'TaskIdTaken', 'taken'],
    [409, { error: 'StackDraining', message: 'draining' }, 'StackDraining', 'draining'],
    [403, { error: 'NotPermitted', message: 'no' }, 'NotPermitted', 'no'],
    [
      403,
      { Message: 'Forbidden. See: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html' },
      'NotPermitted',
      /^The owner of the access key AKIDEXAMPLE may not call the function URL .*403 \(Forbidden.*Get grantSubmit of the task type\.$/,
    ],
    [404, { Message: null }, 'ServiceFailure', /responded with status 404/],
    [
      403,
      { message: 'The security token included in the request is expired' },
      'ExpiredTokenException',
      'The security token included in the request is expired',
    ],
    [
      403,
      { message: 'The security token included in the request is invalid.' },
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    ],
  ])(
    'status %i with the body %j becomes the error %s and is not retried',
    async (status, body, name, message) => {
      const { received, target } = await startFunctionUrl([{ status, body }]);
      await expect(submitRequest(target, request)).rejects.toThrow(
        expect.objectContaining({
          name,
          message: typeof message === 'string' ? message : expect.stringMatching(message),
        }),
      );
      expect(received).toHaveLength(1);
    },
  );

  it('gives up at once when the credentials expire between two attempts, and says that the task may exist', async () => {
    const { received, target } = await startFunctionUrl([
      { status: 502, body: 'bad gateway' },
      { status: 403, body: { message: 'The security token included in the request is expired' } },
    ]);
    await expect(submitRequest(target, request)).rejects.toThrow(
      /token included in the request is expired.*after 2 attempts.*not known whether task mine-1 exists/,
    );
    expect(received).toHaveLength(2);
  });

  it('asks nobody when there are no credentials', async () => {
    const { received, target } = await startFunctionUrl([{ status: 200, body: task }]);
    const missing = Object.assign(new Error('no credentials'), { name: 'CredentialsProviderError' });
    const config = { ...target.config, credentials: () => Promise.reject(missing) };
    await expect(submitRequest({ ...target, config }, request)).rejects.toBe(missing);
    expect(received).toHaveLength(0);
  });

  it('does not retry with a URL that is none', async () => {
    const { target } = await startFunctionUrl([{ status: 200, body: task }]);
    await expect(submitRequest({ ...target, url: 'nowhere' }, request)).rejects.toMatchObject({
      name: 'UsageError',
    });
  });

  it('rejects a response with status 200 that contains no task', async () => {
    const { target } = await startFunctionUrl([{ status: 200, body: '<html>' }]);
    await expect(submitRequest(target, request)).rejects.toThrow(/responded with status 200 and no task/);
  });
});

it.each([
  [
    'https://abc123.lambda-url.eu-central-1.on.aws/',
    undefined,
    'https://abc123.lambda-url.eu-central-1.on.aws/',
  ],
  [
    'https://abc123.lambda-url.eu-central-1.on.aws/',
    'http://127.0.0.1:4566',
    'http://127.0.0.1:4566/lambda-url/abc123/',
  ],
  [
    'http://127.0.0.1:4566/lambda-url/abc123/',
    'http://127.0.0.1:7777',
    'http://127.0.0.1:7777/lambda-url/abc123/',
  ],
  ['http://127.0.0.1:4566/lambda-url/abc123/', undefined, 'http://127.0.0.1:4566/lambda-url/abc123/'],
])('the URL %s with the endpoint %s is called at %s', (url, endpoint, reached) =>
  expect(reachableUrl(url, endpoint).href).toBe(reached),
);
