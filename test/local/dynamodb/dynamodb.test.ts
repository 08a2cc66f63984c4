import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  ExecuteStatementCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, allow, refusal, sessionWith, start } from '../support.ts';

const ARN = `arn:aws:dynamodb:eu-central-1:${ACCOUNT}:table/Events`;
const template = {
  Resources: {
    Events: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'Events',
        KeySchema: [
          { AttributeName: 'boundaryId', KeyType: 'HASH' },
          { AttributeName: 'seq', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'boundaryId', AttributeType: 'S' },
          { AttributeName: 'seq', AttributeType: 'N' },
          { AttributeName: 'due', AttributeType: 'S' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'byDue',
            KeySchema: [{ AttributeName: 'due', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      },
    },
  },
};

async function setUp() {
  const { aws, clock } = await start();
  await aws.load(template, { stackName: 'S' });
  const client = (config = aws.clientConfig()) =>
    DynamoDBDocumentClient.from(new DynamoDBClient({ ...config, maxAttempts: 1 }));
  return { aws, clock, client, db: client() };
}

describe('items', () => {
  it('are put once, read, queried, updated, and found by index', async () => {
    const { db } = await setUp();
    for (const seq of [1, 2, 3])
      await db.send(new PutCommand({ TableName: 'Events', Item: { boundaryId: 'a', seq, due: 'd' } }));
    const { Items } = await db.send(
      new QueryCommand({
        TableName: 'Events',
        KeyConditionExpression: 'boundaryId = :b',
        ExpressionAttributeValues: { ':b': 'a' },
        ScanIndexForward: false,
        Limit: 2,
        ConsistentRead: true,
      }),
    );
    expect(Items?.map(({ seq }) => seq)).toEqual([3, 2]);
    await db.send(
      new UpdateCommand({
        TableName: 'Events',
        Key: { boundaryId: 'a', seq: 1 },
        UpdateExpression: 'REMOVE due',
      }),
    );
    const byDue = await db.send(
      new QueryCommand({
        TableName: 'Events',
        IndexName: 'byDue',
        KeyConditionExpression: 'due = :d',
        ExpressionAttributeValues: { ':d': 'd' },
      }),
    );
    expect(byDue.Items?.map(({ seq }) => seq).toSorted()).toEqual([2, 3]);
    expect(
      (await db.send(new GetCommand({ TableName: 'Events', Key: { boundaryId: 'a', seq: 1 } }))).Item,
    ).toEqual({ boundaryId: 'a', seq: 1 });
  });

  it('are returned when their condition fails, if requested', async () => {
    const { db } = await setUp();
    const put = (value: string, more: object = {}) =>
      db.send(
        new PutCommand({
          TableName: 'Events',
          Item: { boundaryId: 'a', seq: 1, value },
          ConditionExpression: 'attribute_not_exists(boundaryId)',
          ...more,
        }),
      );
    await put('first');
    const plain: unknown = await put('second').catch((error: unknown) => error);
    expect(plain).toBeInstanceOf(ConditionalCheckFailedException);
    expect(plain).toMatchObject({ Item: undefined });
    const asked: unknown = await put('third', { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }).catch(
      (error: unknown) => error,
    );
    expect(asked).toMatchObject({ name: 'ConditionalCheckFailedException', Item: { value: { S: 'first' } } });
  });

  it('with the same key accept one of several writers', async () => {
    const { db } = await setUp();
    const attempts = Array.from({ length: 20 }, (_, writer) =>
      db.send(
        new PutCommand({
          TableName: 'Events',
          Item: { boundaryId: 'a', seq: 1, writer },
          ConditionExpression: 'attribute_not_exists(boundaryId)',
        }),
      ),
    );
    const results = await Promise.allSettled(attempts);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('are written without virtual time passing', async () => {
    const { db, clock } = await setUp();
    let fired = false;
    clock.setTimer(60_000, () => (fired = true));
    for (let seq = 0; seq < 5; seq += 1)
      await db.send(new PutCommand({ TableName: 'Events', Item: { boundaryId: 'a', seq } }));
    expect(fired).toBe(false);
  });
});

describe('access', () => {
  it.each([
    [
      'GetItem',
      'dynamodb:GetItem',
      new GetCommand({ TableName: 'Events', Key: { boundaryId: 'a', seq: 1 } }),
    ],
    [
      'PutItem',
      'dynamodb:PutItem',
      new PutCommand({ TableName: 'Events', Item: { boundaryId: 'a', seq: 1 } }),
    ],
    [
      'UpdateItem',
      'dynamodb:UpdateItem',
      new UpdateCommand({
        TableName: ARN,
        Key: { boundaryId: 'a', seq: 1 },
        UpdateExpression: 'SET x = :x',
        ExpressionAttributeValues: { ':x': 1 },
      }),
    ],
    [
      'Query',
      'dynamodb:Query',
      new QueryCommand({
        TableName: 'Events',
        KeyConditionExpression: '#b = :b AND seq > :s',
        ExpressionAttributeNames: { '#b': 'boundaryId' },
        ExpressionAttributeValues: { ':b': 'a', ':s': 0 },
      }),
    ],
  ])(
    'to %s needs its own action on the table, and provides the leading key',
    async (name, action, command) => {
      const { aws, client } = await setUp();
      const keyed = (value: string) => ({
        Condition: {
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [value] },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      });
      const send = (role: string, policy: Parameters<typeof sessionWith>[2]) =>
        client(sessionWith(aws, role, policy)).send(command as never);
      await expect(send('Exact', allow(action, ARN))).resolves.toBeDefined();
      await expect(send('Keyed', allow(action, ARN, keyed('a')))).resolves.toBeDefined();
      expect(await refusal(send('OtherKey', allow(action, ARN, keyed('b'))))).toMatchObject({
        name: 'AccessDeniedException',
      });
      expect(await refusal(send('OtherAction', allow('dynamodb:Scan', ARN)))).toEqual({
        name: 'AccessDeniedException',
        status: 400,
        message: `User: arn:aws:sts::${ACCOUNT}:assumed-role/OtherAction/someone is not authorized to perform: dynamodb:${name} on resource: ${ARN} because no identity-based policy allows the dynamodb:${name} action`,
      });
    },
  );

  it.each([
    ['GetItem', new GetCommand({ TableName: 'Events', Key: { boundaryId: 'a', seq: 1 } })],
    ['PutItem', new PutCommand({ TableName: ARN, Item: { boundaryId: 'a', seq: 1, text: 'a story' } })],
    ['DeleteItem', new DeleteCommand({ TableName: 'Events', Key: { boundaryId: 'a', seq: 1 } })],
  ])('by %s is recorded with table and key, even if refused, and without contents', async (name, command) => {
    const { aws, client, db } = await setUp();
    await db.send(command as never);
    await refusal(client(sessionWith(aws, 'Nobody', allow('dynamodb:Scan', ARN))).send(command as never));
    const records = aws.trail.filter(({ eventName }) => eventName === name);
    expect(records.map(({ errorCode }) => errorCode)).toEqual([undefined, 'AccessDenied']);
    for (const record of records) {
      expect(record).toMatchObject({
        eventCategory: 'Data',
        requestParameters: { tableName: 'Events', key: { boundaryId: 'a', seq: '1' } },
        resources: [{ ARN, type: 'AWS::DynamoDB::Table' }],
      });
      expect(JSON.stringify(record)).not.toContain('a story');
    }
  });

  it('to an index is authorized on the index', async () => {
    const { aws, client } = await setUp();
    const query = new QueryCommand({
      TableName: 'Events',
      IndexName: 'byDue',
      KeyConditionExpression: 'due = :d',
      ExpressionAttributeValues: { ':d': 'd' },
    });
    expect(
      (await refusal(client(sessionWith(aws, 'Table', allow('dynamodb:Query', ARN))).send(query))).message,
    ).toContain(`${ARN}/index/byDue`);
    await expect(
      client(sessionWith(aws, 'Index', allow('dynamodb:Query', `${ARN}/index/*`))).send(query),
    ).resolves.toBeDefined();
  });

  it('by Scan has no leading key', async () => {
    const { aws, client } = await setUp();
    const keyed = { Condition: { StringEquals: { 'dynamodb:LeadingKeys': 'a' } } };
    expect(
      await refusal(
        client(sessionWith(aws, 'Scanner', allow('dynamodb:Scan', ARN, keyed))).send(
          new ScanCommand({ TableName: 'Events' }),
        ),
      ),
    ).toMatchObject({ name: 'AccessDeniedException' });
  });

  it.each([
    [
      'a table that does not exist',
      new GetCommand({ TableName: 'None', Key: { a: 'b' } }),
      'ResourceNotFoundException',
    ],
    ['a wrong key', new GetCommand({ TableName: 'Events', Key: { a: 'b' } }), 'ValidationException'],
    ['a transaction', new TransactWriteItemsCommand({ TransactItems: [] }), 'UnknownOperationException'],
    [
      'a batch',
      new BatchGetCommand({ RequestItems: { Events: { Keys: [{ boundaryId: 'a', seq: 1 }] } } }),
      'UnknownOperationException',
    ],
    [
      'PartiQL',
      new ExecuteStatementCommand({ Statement: 'SELECT * FROM "Events"' }),
      'UnknownOperationException',
    ],
  ])('is refused for %s', async (_what, command, name) => {
    const { db } = await setUp();
    expect(await refusal(db.send(command as never))).toMatchObject({ name });
  });
});
