import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it } from 'vitest';
import { Sha256 } from '../../../packages/local/gateway/auth/sha256.ts';
import type { EmbeddedAws, InProcessClientConfig } from 'taskbound-local/embedded-aws';
import { allow, sessionWith } from '../support.ts';
import { loadEvents } from './stack.ts';

const BUS = 'arn:aws:events:eu-central-1:111122223333:event-bus/default';
const ENTRY = { Source: 'taskbound', DetailType: 'boundary.closed', Detail: '{"boundaryId":"a.b"}' };

/** Calls PutEvents over HTTP: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
async function put(
  aws: EmbeddedAws,
  Entries: readonly object[],
  credentials: InProcessClientConfig['credentials'] = aws.rootCredentials,
): Promise<{ status: number; answer: Record<string, unknown> }> {
  const request = new HttpRequest({
    method: 'POST',
    hostname: '127.0.0.1',
    path: '/',
    headers: {
      host: '127.0.0.1',
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSEvents.PutEvents',
    },
    body: JSON.stringify({ Entries }),
  });
  const signer = new SignatureV4({ service: 'events', region: 'eu-central-1', credentials, sha256: Sha256 });
  const signed = await signer.sign(request, { signingDate: new Date(aws.clock.nowMs()) });
  const response = await aws.handle({
    method: 'POST',
    path: '/',
    headers: signed.headers,
    body: Buffer.from(JSON.stringify({ Entries })),
  });
  return { status: response.status, answer: JSON.parse(Buffer.from(response.body).toString()) };
}

describe('PutEvents', () => {
  it('stores events, and delivers them to matching rules', async () => {
    const { aws, clock, received } = await loadEvents();
    const { status, answer } = await put(aws, [ENTRY, { ...ENTRY, Source: 'other' }]);
    expect(status).toBe(200);
    expect(answer).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }, {}] });
    expect(aws.events.published).toMatchObject([
      { source: 'taskbound', 'detail-type': 'boundary.closed', detail: { boundaryId: 'a.b' } },
      { source: 'other' },
    ]);
    await clock.sleep(1_000);
    expect(received()).toEqual([{ event: aws.events.published[0], seconds: 0, version: '1' }]);
    expect(aws.trail.find(({ eventName }) => eventName === 'PutEvents')).toMatchObject({ readOnly: false });
    expect(JSON.stringify(aws.trail.filter(({ eventName }) => eventName === 'PutEvents'))).not.toContain(
      'a.b',
    );
  });

  it.each<[string, object, string]>([
    ['without a source', { ...ENTRY, Source: undefined }, 'InvalidArgument'],
    ['without a detail type', { ...ENTRY, DetailType: '' }, 'InvalidArgument'],
    ['without a detail', { ...ENTRY, Detail: undefined }, 'InvalidArgument'],
    ['with a detail that is not JSON', { ...ENTRY, Detail: 'x' }, 'MalformedDetail'],
    ['with a detail that is not an object', { ...ENTRY, Detail: '[1]' }, 'MalformedDetail'],
    ['from AWS', { ...ENTRY, Source: 'aws.states' }, 'NotAuthorizedForSourceException'],
  ])('refuses an entry %s and accepts the others', async (_what, entry, code) => {
    const { aws } = await loadEvents();
    const { answer } = await put(aws, [entry, ENTRY]);
    expect(answer).toMatchObject({
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: code }, { EventId: expect.any(String) }],
    });
    expect(aws.events.published).toHaveLength(1);
  });

  it.each<[string, object[], string]>([
    ['eleven entries', Array.from({ length: 11 }, () => ENTRY), 'ValidationException'],
    ['no entries', [], 'ValidationException'],
    ['another bus', [{ ...ENTRY, EventBusName: 'other' }], 'ResourceNotFoundException'],
    ['more than 256 KB', [{ ...ENTRY, Detail: `{"a":"${'x'.repeat(262_144)}"}` }], 'ValidationException'],
  ])('refuses %s', async (_what, entries, name) => {
    const { aws } = await loadEvents();
    expect(await put(aws, entries)).toMatchObject({ status: 400, answer: { __type: name } });
    expect(aws.events.published).toEqual([]);
  });

  it('needs events:PutEvents on the bus, for the source', async () => {
    const { aws } = await loadEvents();
    const condition = { Condition: { StringEquals: { 'events:source': 'taskbound' } } };
    const session = (name: string, resource: string) =>
      sessionWith(aws, name, allow('events:PutEvents', resource, condition)).credentials;
    const allowed = session('Allowed', BUS);
    expect((await put(aws, [ENTRY], allowed)).status).toBe(200);
    for (const [entry, credentials] of [
      [{ ...ENTRY, Source: 'other' }, allowed],
      [ENTRY, session('Elsewhere', `${BUS}2`)],
    ] as const) {
      expect(await put(aws, [ENTRY, entry], credentials)).toMatchObject({
        status: 400,
        answer: {
          __type: 'AccessDeniedException',
          message: expect.stringContaining(`events:PutEvents on resource: ${BUS}`),
        },
      });
    }
    expect(aws.events.published).toHaveLength(1);
  });
});
