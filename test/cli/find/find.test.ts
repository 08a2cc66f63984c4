import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it, test } from 'vitest';
import type { FoundTask } from '../../../cli/find/find-tasks.ts';
import { parseFindQuery } from '../../../cli/find/find-query.ts';
import { StackRecords } from '../../../cli/connection/stack-records.ts';
import { matchOf, renderFind } from '../../../cli/find/render-find.ts';
import { boundaryIdOf, secretName } from 'taskbound-evidence/names/ids';
import { reviewIdOf } from 'taskbound-evidence/names/review-id';
import { BOUNDARY, call, goodEvents, rowOf } from '../support.ts';

const SECRET = secretName(
  { stack: 'Taskbound', taskType: 'object-transfer', boundaryId: BOUNDARY, nonce: 'a'.repeat(32) },
  'session',
);

describe('a question', () => {
  it.each([
    [{ requester: 'Ann@Example.org' }, { by: 'requester', lookup: 'requester#ann@example.org' }],
    [{ requester: 'schedule/Nightly' }, { by: 'requester', lookup: 'requester#schedule/Nightly' }],
    [
      { approver: 'arn:aws:iam::111122223333:role/a/Robots' },
      { by: 'approver', lookup: 'approver#arn:aws:iam::111122223333:role/a/Robots' },
    ],
    [{ day: '2028-02-29' }, { by: 'day', value: '2028-02-29' }],
    [{ accessKey: 'ASIAIOSFODNN7EXAMPLE' }, { by: 'access-key', lookup: 'key#ASIAIOSFODNN7EXAMPLE' }],
    [{ secret: `${SECRET}-a1B2c3` }, { by: 'secret', value: SECRET, place: { boundaryId: BOUNDARY } }],
  ])('%j', (asked, question) => expect(parseFindQuery(asked)).toMatchObject(question));

  it.each([
    ['nothing', [], /given: none\. Give one of --requester/],
    ['two things', ['--day', '2026-11-24', '--access-key', 'ASIAX'], /given: --day, --access-key/],
    ['a day that is none', ['--day', '2026-02-30'], /--day "2026-02-30" was given; allowed: a day in UTC/],
    ['a day with its time', ['--day', '2026-11-24T10:00'], /--day/],
    ['half a key', ['--access-key', 'ASIA12'], /--access-key "ASIA12" was given; allowed/],
    ['a key in small letters', ['--access-key', 'asiaiosfodnn7example'], /--access-key/],
    [
      "a session's ARN",
      ['--approver', 'arn:aws:sts::111122223333:assumed-role/A/bob'],
      /--approver.*session's/,
    ],
    ['a schedule that approves', ['--approver', 'schedule/Nightly'], /--approver/],
    ['an empty name', ['--requester', ''], /--requester ""/],
    [
      'a secret of somebody else',
      ['--secret', 'prod/db'],
      /--secret "prod\/db" was given.*not made for a task/,
    ],
    ['a limit of none', ['--day', '2026-11-24', '--limit', '0'], /--limit.*1 to 1000/],
  ])('%s: exit 2 and one message, before anything is asked', async (_what, argv, message) => {
    const { code, stdout, stderr } = await call('/', ['find', ...argv]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('what was found', () => {
  const question = parseFindQuery({ accessKey: 'ASIAIOSFODNN7EXAMPLE' });
  const event = goodEvents()[3];
  if (event === undefined) throw new Error('no event');
  const found: FoundTask = { boundaryId: BOUNDARY, row: rowOf({ requester: 'ann' }), event, signed: true };

  it('is one line each, and tells that there are more', () => {
    const text = renderFind(question, { tasks: [found], more: true });
    expect(text).toMatch(
      /^2026-11-23 10:00 +object-transfer\.nightly-1 +closed +ann +event 4, identity\.issued, 2026-11-23T10:00:03\.000Z$/m,
    );
    expect(text).toContain('Give a higher --limit.');
    expect(text).not.toContain('NOT');
  });

  it('says when nothing but its chain confirms it', () => {
    const text = renderFind(question, { tasks: [{ ...found, signed: false }], more: false });
    expect(text).toContain(`NOT SIGNED: ${BOUNDARY}: confirmed only by its chain`);
    expect(matchOf({ ...found, signed: false })).toMatchObject({ confirmed: true, signed: false });
    expect(matchOf(found)).toMatchObject({ confirmed: true, signed: true });
  });

  it('is doubted aloud when the evidence does not bear it out', () => {
    const doubted = { boundaryId: BOUNDARY, fault: 'its event 4 does not say so' };
    expect(renderFind(question, { tasks: [doubted], more: false })).toContain(
      `NOT CONFIRMED: ${BOUNDARY}: its event 4 does not say so.`,
    );
    expect(matchOf(doubted)).toEqual({
      boundaryId: BOUNDARY,
      taskType: 'object-transfer',
      phase: null,
      outcome: null,
      requester: null,
      requestedAt: null,
      event: null,
      confirmed: false,
      signed: false,
      fault: 'its event 4 does not say so',
    });
  });

  it('names the schedule that asked, and the type of what a review is about', () => {
    const scheduled = rowOf({ requester: 'arn:x', scheduled: { schedule: 'Nightly', forMs: 0 } });
    expect(matchOf({ ...found, row: scheduled }).requester).toBe('schedule/Nightly');
    const boundaryId = reviewIdOf(boundaryIdOf('approved', 'x1'));
    expect(matchOf({ boundaryId, event }).taskType).toBe('approved');
  });

  it('may be nothing, which proves nothing for a moment', () => {
    expect(renderFind(question, { tasks: [], more: false })).toMatch(
      /^Nothing was found with the access key ASIAIOSFODNN7EXAMPLE\.\nThe index is eventually consistent/,
    );
  });
});

test('the index is read page by page, and no further than was asked for', async () => {
  const documents = mockClient(DynamoDBDocumentClient);
  const page = (...seqs: number[]) =>
    seqs.map((seq) => ({ boundaryId: BOUNDARY, seq, lookup: 'key#x', at: '' }));
  documents
    .on(QueryCommand)
    .resolvesOnce({ Items: page(1, 2), LastEvaluatedKey: { seq: 2 } })
    .resolvesOnce({ Items: [], LastEvaluatedKey: { seq: 2 } })
    .resolvesOnce({ Items: page(3, 4), LastEvaluatedKey: { seq: 4 } })
    .rejects(new Error('too far'));
  const records = new StackRecords(
    { region: 'eu-central-1' },
    { LedgerTable: 'Ledger', EvidenceTable: 'Evidence' },
  );
  expect((await records.lookUp('key#x', 3)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  const inputs = documents.commandCalls(QueryCommand).map((call) => call.args[0].input);
  expect(inputs.map(({ ExclusiveStartKey: from }) => from)).toEqual([undefined, { seq: 2 }, { seq: 2 }]);
  expect(inputs[0]).toMatchObject({ TableName: 'Evidence', IndexName: 'lookup', ScanIndexForward: false });
  documents.restore();
});
