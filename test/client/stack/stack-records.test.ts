import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockAws } from '../../fixtures/mock-aws.ts';
import { expect, test } from 'vitest';
import { StackRecords } from '../../../client/stack/stack-records.ts';
import { BOUNDARY } from '../../cli/support.ts';

test('the look-up index is read page by page, up to the given number', async () => {
  const documents = mockAws(DynamoDBDocumentClient);
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
    { ledgerTable: 'Ledger', evidenceTable: 'Evidence' },
  );
  expect((await records.lookUp('key#x', 3)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  const inputs = documents.commandCalls(QueryCommand).map((call) => call.args[0].input);
  expect(inputs.map(({ ExclusiveStartKey: from }) => from)).toEqual([undefined, { seq: 2 }, { seq: 2 }]);
  expect(inputs[0]).toMatchObject({ TableName: 'Evidence', IndexName: 'lookup', ScanIndexForward: false });
});
