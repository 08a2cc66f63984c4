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
  test('writes the next revision on condition of the one it read', async () => {
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

  test('reads again when another writer was faster, and changes what that one wrote', async () => {
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

  test('recognises its own write whose answer was lost: nothing is written again', async () => {
    const ours = rowOf({ revision: 4, phase: 'open' });
    documents.on(GetCommand).resolvesOnce({ Item: rowOf() }).resolves({ Item: ours });
    documents.on(PutCommand).rejects(conflict());
    expect(await ledger.update(BOUNDARY, opened)).toEqual(ours);
    expect(puts()).toHaveLength(1);
  });

  test('writes nothing when there is nothing to change', async () => {
    documents.on(GetCommand).resolves({ Item: rowOf() });
    expect(await ledger.update(BOUNDARY, (row) => row)).toEqual(rowOf());
    expect(puts()).toEqual([]);
  });

  test('gives up after ten conflicts, as LedgerContention, which the workflow retries', async () => {
    documents.on(GetCommand).resolves({ Item: rowOf() });
    documents.on(PutCommand).rejects(conflict());
    await expect(ledger.update(BOUNDARY, opened)).rejects.toMatchObject({ name: 'LedgerContention' });
    expect(puts()).toHaveLength(10);
  });

  test('what the change refuses is thrown, and nothing is written', async () => {
    documents.on(GetCommand).resolves({ Item: rowOf({ phase: 'closed' }) });
    await expect(ledger.update(BOUNDARY, opened)).rejects.toMatchObject({ name: 'PhasePassed' });
    expect(puts()).toEqual([]);
  });

  test('there is no row: NotTheOwner', async () => {
    documents.on(GetCommand).resolves({});
    await expect(ledger.update(BOUNDARY, opened)).rejects.toMatchObject({ name: 'NotTheOwner' });
  });

  test.each(['ProvisionedThroughputExceededException', 'AccessDeniedException', 'TimeoutError'])(
    '%s is thrown as it is, not taken for a conflict',
    async (name) => {
      documents.on(GetCommand).resolves({ Item: rowOf() });
      documents.on(PutCommand).rejects(Object.assign(new Error('no'), { name }));
      await expect(ledger.update(BOUNDARY, opened)).rejects.toMatchObject({ name });
      expect(puts()).toHaveLength(1);
    },
  );

  test('a row that is not of this form is refused, not guessed at', async () => {
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
  test('reads the marker consistently, by the key that no boundary has', async () => {
    const marker = { boundaryId: 'drain', sinceMs: 1, by: 'ann', reason: 'r' };
    documents.on(GetCommand).resolves({ Item: marker });
    expect(await ledger.draining()).toEqual({ marker });
    expect(documents.commandCalls(GetCommand)[0]?.args[0].input).toMatchObject({
      Key: { boundaryId: 'drain' },
      ConsistentRead: true,
    });
  });

  test('is undefined without one, and a fault when it is none', async () => {
    documents
      .on(GetCommand)
      .resolvesOnce({})
      .resolves({ Item: { boundaryId: 'drain' } });
    expect(await ledger.draining()).toBeUndefined();
    expect(await ledger.draining()).toEqual({ fault: expect.stringMatching(/^sinceMs: /) });
  });

  test('what cannot be asked is thrown: nothing is taken for "not draining"', async () => {
    documents.on(GetCommand).rejects(Object.assign(new Error('no'), { name: 'TimeoutError' }));
    await expect(ledger.draining()).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

describe('Ledger.create', () => {
  test.each([
    ['where none stands', true],
    ['where one stands, its own of a lost answer included', false],
  ])('%s: %s', async (_where, created) => {
    if (created) documents.on(PutCommand).resolves({});
    else documents.on(PutCommand).rejects(conflict());
    expect(await ledger.create(rowOf())).toBe(created);
    expect(puts()[0]?.ConditionExpression).toBe('attribute_not_exists(boundaryId)');
  });
});
