import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockAws } from '../../../fixtures/mock-aws.ts';
import { beforeEach, describe, expect, test, afterEach } from 'vitest';
import { chainEvent, chainFault, type ChainedEvent } from 'taskbound-evidence/chain/evidence';
import type { EventDraft } from 'taskbound-evidence/events/event';
import { parseEvents } from 'taskbound-evidence/events/parse-events';
import { EvidenceLog } from '../../../../lambdas/control/evidence/evidence-log.ts';
import { BOUNDARY, conflict } from '../../../fixtures/row.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 10, 0, 0);
const clock = { nowMs: () => NOW_MS, sleep: async () => undefined };
const documents = mockAws(DynamoDBDocumentClient);
const log = new EvidenceLog(DynamoDBDocumentClient.from(new DynamoDBClient({})), 'Evidence', clock);

/** The events in the table. A put adds to them, unless `onPut` does something else. */
let table: ChainedEvent[];
let onPut: ((event: ChainedEvent) => void) | undefined;
beforeEach(() => {
  table = [];
  onPut = undefined;
  documents.reset();
  documents.on(QueryCommand).callsFake(() => ({ Items: [...table] }));
  documents.on(PutCommand).callsFake(({ Item }: { Item: ChainedEvent }) => {
    onPut?.(Item);
    if (table.some((event) => event.seq === Item.seq)) throw conflict();
    table.push(Item);
    return {};
  });
});

/** Every event that the log writes is a valid event. */
afterEach(() => expect(parseEvents(table).faults).toEqual([]));

const draft = (id: string): EventDraft => ({
  id,
  type: 'secret.revoked',
  actor: 'test',
  data: { name: id, kind: 'generated', secretName: id },
});
const rejected = (id: string): EventDraft<'task.rejected'> => ({
  id,
  type: 'task.rejected',
  actor: 'test',
  data: { because: 'another event' },
});
const closed: EventDraft = {
  id: 'boundary.closed',
  type: 'boundary.closed',
  actor: 'test',
  data: { outcome: 'succeeded', error: null, proof: 'nothing-issued', leases: 0, secrets: 0 },
};
const add = (event: EventDraft) => table.push(chainEvent(BOUNDARY, table.at(-1), event, NOW_MS));
const puts = () => documents.commandCalls(PutCommand).length;

describe('EvidenceLog.append', () => {
  test('puts each event after the last one, only where no event exists', async () => {
    for (const id of ['a', 'b', 'c']) await log.append(BOUNDARY, draft(id));
    expect(table.map(({ seq, id }) => [seq, id])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ]);
    expect(chainFault(BOUNDARY, table)).toBeUndefined();
    expect(documents.commandCalls(PutCommand)[0]?.args[0].input.ConditionExpression).toBe(
      'attribute_not_exists(seq)',
    );
  });

  test('takes the next position when another writer took this one', async () => {
    add(draft('a'));
    let first = true;
    onPut = () => {
      if (first) add(draft('theirs'));
      first = false;
    };
    expect(await log.append(BOUNDARY, draft('ours'))).toMatchObject({ seq: 3 });
    expect(table.map((event) => event.id)).toEqual(['a', 'theirs', 'ours']);
    expect(chainFault(BOUNDARY, table)).toBeUndefined();
  });

  test('builds the event from the events before it, and builds it again after a conflict', async () => {
    add(draft('a'));
    let first = true;
    onPut = () => {
      if (first) add(draft('theirs'));
      first = false;
    };
    const event = await log.append(BOUNDARY, (before) => ({
      ...rejected('ours'),
      data: { because: before.map(({ id }) => id).join() },
    }));
    expect(event.data).toEqual({ because: 'a,theirs' });
  });

  test('recognizes its own event after a lost answer', async () => {
    onPut = (event) => table.push(event);
    expect(await log.append(BOUNDARY, draft('a'))).toEqual(table[0]);
    expect([table.length, puts()]).toEqual([1, 1]);
  });

  test('returns the existing event when an event with the same cause exists', async () => {
    const first = await log.append(BOUNDARY, draft('a'));
    const again = await log.append(BOUNDARY, rejected('a'));
    expect([again, table.length, puts()]).toEqual([first, 1, 1]);
  });

  test('throws LedgerContention after ten conflicts', async () => {
    let other = 0;
    onPut = () => void add(draft(`other-${(other += 1)}`));
    await expect(log.append(BOUNDARY, draft('a'))).rejects.toMatchObject({ name: 'LedgerContention' });
    expect(puts()).toBe(10);
    expect(table.map((event) => event.id)).not.toContain('a');
  });

  test('appends nothing after boundary.closed, and still recognizes events before it', async () => {
    add(draft('a'));
    add(closed);
    await expect(log.append(BOUNDARY, draft('late'))).rejects.toMatchObject({ name: 'ChainClosed' });
    expect(await log.append(BOUNDARY, draft('a'))).toMatchObject({ seq: 1 });
    expect(puts()).toBe(0);
  });

  test('throws other errors unchanged', async () => {
    onPut = () => {
      throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    };
    await expect(log.append(BOUNDARY, draft('a'))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(puts()).toBe(1);
  });
});

test('EvidenceLog.read reads every page with consistent reads', async () => {
  for (const id of ['a', 'b', 'c']) add(draft(id));
  documents
    .on(QueryCommand)
    .resolvesOnce({ Items: table.slice(0, 2), LastEvaluatedKey: { seq: 2 } })
    .resolves({ Items: table.slice(2) });
  expect((await log.read(BOUNDARY)).map((event) => event.id)).toEqual(['a', 'b', 'c']);
  const inputs = documents.commandCalls(QueryCommand).map((call) => call.args[0].input);
  expect(inputs).toMatchObject([
    { ConsistentRead: true },
    { ConsistentRead: true, ExclusiveStartKey: { seq: 2 } },
  ]);
});
