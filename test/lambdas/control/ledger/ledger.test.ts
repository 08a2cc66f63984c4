import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { mockAws } from '../../../fixtures/mock-aws.ts';
import { beforeEach, describe, expect, test } from 'vitest';
import { movePhase } from '../../../../core/ledger/move-phase.ts';
import type { LedgerRow } from '../../../../core/ledger/ledger.ts';
import { Ledger } from '../../../../lambdas/control/ledger/ledger.ts';
import { BOUNDARY, conflict, rowOf } from '../../../fixtures/row.ts';

const documents = mockAws(DynamoDBDocumentClient);
const clock = { nowMs: () => 1_000, sleep: async () => undefined };
const ledger = new Ledger(DynamoDBDocumentClient.from(new DynamoDBClient({})), 'Ledger', clock);
beforeEach(() => documents.reset());

const puts = () => documents.commandCalls(PutCommand).map((call) => call.args[0].input);
const opened = (row: LedgerRow) => (row.phase === 'open' ? row : movePhase(row, 'open', {}));

describe('Ledger.update', () => {
  test('writes the next revision on the condition that the revision it read is unchanged', async () => {
    documents.on(GetCommand).resolves({ Item: rowOf() });
    documents.on(PutCommand).resolves({});
    expect(await ledger.update(BOUNDARY, opened)).toMatchObject({ phase: 'open', revision: 4 });
    expect(puts()).toMatchObject([
      {
        Item: { phase: 'open', revision: 4 },
        ConditionExpression: 'revision = :seen',
        ExpressionAttributeValues: { ':seen': 3 },
      },
    ]);
    expect(documents.commandCalls(GetCommand)[0]?.args[0].input).toMatchObject({ ConsistentRead: true });
  });

  test('reads the row again after a conflict and applies the change to the new row', async () => {
    const theirs = rowOf({ revision: 4, reason: 'changed by another' });
    documents.on(GetCommand).resolvesOnce({ Item: rowOf() }).resolves({ Item: theirs });
    documents.on(PutCommand).rejectsOnce(conflict()).resolves({});
    expect(await ledger.update(BOUNDARY, opened)).toMatchObject({
      revision: 5,
      reason: 'changed by another',
      phase: 'open',
    });
    expect(puts().map((put) => put.ExpressionAttributeValues)).toEqual([{ ':seen': 3 }, { ':seen': 4 }]);
  });

  test('recognizes its own write after a lost answer and writes nothing', async () => {
    const ours = rowOf({ revision: 4, phase: 'open' });
    documents.on(GetCommand).resolvesOnce({ Item: rowOf() }).resolves({ Item: ours });
    documents.on(PutCommand).rejects(conflict());
    expect(await ledger.update(BOUNDARY, opened)).toEqual(ours);
    expect(puts()).toHaveLength(1);
  });

  test('writes nothing when the change returns the same row', async () => {
    documents.on(GetCommand).resolves({ Item: rowOf() });
    expect(await ledger.update(BOUNDARY, (row) => row)).toEqual(rowOf());
    expect(puts()).toEqual([]);
  });

  test('throws LedgerContention, which the workflow retries, after ten conflicts', async () => {
    documents.on(GetCommand).resolves({ Item: rowOf() });
    documents.on(PutCommand).rejects(conflict());
    await expect(ledger.update(BOUNDARY, opened)).rejects.toMatchObject({ name: 'LedgerContention' });
    expect(puts()).toHaveLength(10);
  });

  test('throws the error of the change and writes nothing', async () => {
    documents.on(GetCommand).resolves({ Item: rowOf({ phase: 'closed' }) });
    await expect(ledger.update(BOUNDARY, opened)).rejects.toMatchObject({ name: 'PhasePassed' });
    expect(puts()).toEqual([]);
  });

  test('throws NotTheOwner without a row', async () => {
    documents.on(GetCommand).resolves({});
    await expect(ledger.update(BOUNDARY, opened)).rejects.toMatchObject({ name: 'NotTheOwner' });
  });

  test.each(['ProvisionedThroughputExceededException', 'AccessDeniedException', 'TimeoutError'])(
    'throws %s unchanged and does not retry it as a conflict',
    async (name) => {
      documents.on(GetCommand).resolves({ Item: rowOf() });
      documents.on(PutCommand).rejects(Object.assign(new Error('no'), { name }));
      await expect(ledger.update(BOUNDARY, opened)).rejects.toMatchObject({ name });
      expect(puts()).toHaveLength(1);
    },
  );

  test('throws UnreadableRow for an invalid row', async () => {
    documents.on(GetCommand).resolves({ Item: { ...rowOf(), phase: 'ajar' } });
    await expect(ledger.update(BOUNDARY, opened)).rejects.toMatchObject({
      name: 'UnreadableRow',
      message: expect.stringMatching(
        /^The ledger's row of object-transfer\.task-1 cannot be read: phase: allowed: requested, .*Nothing was changed\. Find out who/,
      ),
    });
  });
});

describe('Ledger.draining', () => {
  test('reads the marker with a consistent read by a key that no boundary can have', async () => {
    const marker = { boundaryId: 'drain', sinceMs: 1, by: 'ann', reason: 'r' };
    documents.on(GetCommand).resolves({ Item: marker });
    expect(await ledger.draining()).toEqual({ marker });
    expect(documents.commandCalls(GetCommand)[0]?.args[0].input).toMatchObject({
      Key: { boundaryId: 'drain' },
      ConsistentRead: true,
    });
  });

  test('returns nothing without a marker, and a fault for an invalid marker', async () => {
    documents
      .on(GetCommand)
      .resolvesOnce({})
      .resolves({ Item: { boundaryId: 'drain' } });
    expect(await ledger.draining()).toBeUndefined();
    expect(await ledger.draining()).toEqual({ fault: expect.stringMatching(/^sinceMs: /) });
  });

  test('throws an error of the read instead of reporting that the stack is not draining', async () => {
    documents.on(GetCommand).rejects(Object.assign(new Error('no'), { name: 'TimeoutError' }));
    await expect(ledger.draining()).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('Ledger.create', () => {
  test.each([
    ['returns true when no row exists', true],
    ['returns false when a row exists, including its own after a lost answer', false],
  ])('%s', async (_case, created) => {
    if (created) documents.on(PutCommand).resolves({});
    else documents.on(PutCommand).rejects(conflict());
    expect(await ledger.create(rowOf())).toBe(created);
    expect(puts()[0]?.ConditionExpression).toBe('attribute_not_exists(boundaryId)');
  });
});
