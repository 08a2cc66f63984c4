import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { stackKey } from '../../../cli/connection/stack-key.ts';
import { StackRecords } from '../../../client/stack/stack-records.ts';
import { makeBundle } from 'taskbound-evidence/chain/bundle';
import { verifyBundle } from 'taskbound-evidence/signature/verify';
import { deploy, freshId, type Deployed } from '../deployed.ts';
import {
  call,
  eventsOf,
  forbid,
  intercept,
  submitWithoutStarting,
  rowOf,
  typesOf,
  type Request,
} from './meddle.ts';

let sample: Deployed;
beforeAll(async () => {
  sample = await deploy('sample');
  sample.put('source', 'a', Buffer.from('content'));
});

const transfer = (): Request => ({
  type: 'object-transfer',
  taskId: freshId('signed'),
  reason: 'to see its head signed',
  parameters: { sourceKey: 'a', destinationKey: 'b' },
});

const evidenceOf = (boundaryId: string) =>
  new StackRecords(sample.connection.config, sample.connection.manifest).evidence(boundaryId);

async function verified(boundaryId: string): Promise<string> {
  const { events, signed } = await evidenceOf(boundaryId);
  const key = await stackKey(sample.connection.config, sample.connection.manifest);
  const { verdict, fault } = verifyBundle(makeBundle(boundaryId, events, signed), key);
  return fault ?? verdict;
}

/** Calls every step except the last one. */
async function provenTask() {
  const row = await submitWithoutStarting(sample, transfer());
  const returned = { ended: { status: 'returned', payload: { done: true, result: null } } };
  for (const [name, more] of [
    ['Admit', {}],
    ['RevokeAndRecord', returned],
    ['ProveRevoked', {}],
  ] as const)
    expect((await call(sample, name, row, more)).name).toBe('ok');
  return row;
}

const putEvidence = (item: Record<string, unknown>) =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ ...sample.connection.config })).send(
    new PutCommand({ TableName: sample.connection.manifest.evidenceTable, Item: item }),
  );

describe('the head of a chain', () => {
  test('is signed once, and closing again does not change the signature', async () => {
    const { row } = await sample.run(transfer());
    const { signed } = await evidenceOf(row.boundaryId);
    expect(await verified(row.boundaryId)).toBe('verified');
    expect((await call(sample, 'CloseBoundary', row)).name).toBe('ok');
    expect((await evidenceOf(row.boundaryId)).signed).toEqual(signed);
  });

  test('is also signed when the task failed', async () => {
    const missing = await sample.run({
      ...transfer(),
      parameters: { sourceKey: 'none', destinationKey: 'b' },
    });
    expect(missing.report.outcome).toBe('failed');
    expect(await verified(missing.row.boundaryId)).toBe('verified');
  });

  test.each(['kms:Sign', 'kms:GetPublicKey'])(
    'is not signed without %s, and the boundary closes when the permission is back',
    async (action) => {
      // A new process, which has not requested the key before.
      const stack = await deploy('sample');
      stack.put('source', 'a', Buffer.from('content'));
      const allow = await forbid(stack, 'CloseBoundary', [action]);
      const running = stack.run(transfer());
      const gone = stack.aws.clock.sleep(180_000).then(allow);
      const [ran] = await Promise.all([running, gone]);
      expect(ran.report).toMatchObject({ phase: 'closed', outcome: 'succeeded', proof: 'refused' });
      expect(ran.row.closedAtMs).toBeGreaterThan(ran.row.requestedAtMs + 180_000);
    },
  );

  test('is signed once although the answers of KMS and of the write are lost', async () => {
    const row = await provenTask();
    const lost = new Set<string>();
    sample.aws.intercept = (made) => {
      const first = ['Sign', 'PutItem'].includes(made.operation) && !lost.has(made.operation);
      if (!first || !/CloseBoundary/.test(made.caller.arn)) return 'proceed';
      lost.add(made.operation);
      return { loseAnswer: true };
    };
    onTestFinished(() => void (sample.aws.intercept = undefined));
    await call(sample, 'CloseBoundary', row);
    sample.aws.intercept = undefined;
    await call(sample, 'CloseBoundary', row);
    expect([...lost].sort()).toEqual(['PutItem', 'Sign']);
    expect(await verified(row.boundaryId)).toBe('verified');
    expect((await rowOf(sample, row.boundaryId)).phase).toBe('closed');
  });

  test('is not signed over a changed chain, and the boundary stays open', async () => {
    const row = await provenTask();
    const [, second] = await eventsOf(sample, row.boundaryId);
    await putEvidence({ ...second, actor: 'mallory' });
    const answer = await call(sample, 'CloseBoundary', row);
    expect([answer.name, answer.message]).toEqual([
      'ChainBroken',
      expect.stringContaining('event 2 (task.admitted) was changed'),
    ]);
    expect((await evidenceOf(row.boundaryId)).signed).toBeUndefined();
    expect((await rowOf(sample, row.boundaryId)).phase).toBe('revoked');
    await putEvidence({ ...second });
    expect((await call(sample, 'CloseBoundary', row)).name).toBe('ok');
    expect(await verified(row.boundaryId)).toBe('verified');
  });

  test.each([
    [
      'a head of other events',
      async () => (await evidenceOf((await sample.run(transfer())).row.boundaryId)).signed,
    ],
    ['an invalid head', async () => ({ envelope: 'signed', publicKey: 'key' })],
  ])('does not close the boundary when it was replaced by %s', async (_what, plant) => {
    const row = await provenTask();
    await putEvidence({ boundaryId: row.boundaryId, seq: 0, ...(await plant()) });
    expect((await call(sample, 'CloseBoundary', row)).name).toBe('ChainBroken');
    expect((await rowOf(sample, row.boundaryId)).phase).toBe('revoked');
  });

  test('is not accepted when KMS signed with another key than its public one', async () => {
    const row = await provenTask();
    onTestFinished(
      intercept(sample.aws.kms, async (request, _call, next) => {
        const answer = await next();
        if (!request.headers['x-amz-target']?.endsWith('Sign')) return answer;
        const body = JSON.parse(Buffer.from(answer.body).toString('utf8'));
        const flipped = Buffer.from(body.Signature, 'base64');
        flipped[10] = (flipped[10] ?? 0) ^ 1;
        return {
          ...answer,
          body: Buffer.from(JSON.stringify({ ...body, Signature: flipped.toString('base64') })),
        };
      }),
    );
    expect((await call(sample, 'CloseBoundary', row)).name).toBe('NotSigned');
    expect((await evidenceOf(row.boundaryId)).signed).toBeUndefined();
  });

  test('cannot be signed by another caller, including the account’s owner', async () => {
    const kmsClient = new KMSClient({ ...sample.connection.config });
    await expect(
      kmsClient.send(
        new SignCommand({
          KeyId: sample.connection.manifest.evidenceKeyArn,
          Message: new Uint8Array(32),
          MessageType: 'DIGEST',
          SigningAlgorithm: 'ECDSA_SHA_256',
        }),
      ),
    ).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('explicit deny'),
    });
  });

  test('accepts no further event when it is signed, and later changes of events are found', async () => {
    const { row, events } = await sample.run(transfer());
    expect(typesOf(events).at(-1)).toBe('boundary.closed');
    await putEvidence({ ...events[2], actor: 'mallory' });
    expect(await verified(row.boundaryId)).toMatch(/^event 3 .*was changed/);
    await putEvidence({ ...events[2] });
    expect(await verified(row.boundaryId)).toBe('verified');
  });
});
