import { Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from 'taskbound-iam/evaluate';
import { parsePolicy } from 'taskbound-iam/parse';
import { renderSessionPolicy } from '../../../core/grants/session-policy.ts';
import { Tool } from '../../../lib/index.ts';
import { transferConfig } from '../../fixtures/task-types.ts';
import { near, s3Key } from '../../properties/generators.ts';
import { ofType, sampleResources } from '../sample.ts';

const TABLE = 'arn:aws:dynamodb:eu-central-1:111122223333:table/Cases';
const table = dynamodb.Table.fromTableArn(new Stack(), 'Cases', TABLE);

/**
 * The decisions for a task's session about the items with the given keys. The parameter accepts more than a token, because the rule must
 * hold for every kind.
 */
function sessionFor(item: string) {
  const text = renderSessionPolicy(
    transferConfig({
      parameters: { item: { kind: 's3Key', maxBytes: 1024 } },
      tools: [
        Tool.readItem(table, '{item}')._toSpec('read'),
        Tool.putItem(table, 'reply-{item}')._toSpec('write'),
      ],
    }),
    { boundaryId: 't.t-1', nonce: '0', parameters: { item }, deadline: '2026-11-23T10:00:00Z' },
  );
  const everything = parsePolicy(
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
  );
  const policies = {
    identity: [{ name: 'everything', document: everything }],
    session: { name: 'session', document: parsePolicy(text) },
  };
  return (action: string, keys: readonly string[]) =>
    decide(
      {
        principal: { kind: 'role-session', accountId: '111122223333' },
        action,
        resource: TABLE,
        context: {
          'aws:CurrentTime': '2026-11-23T09:00:00Z',
          ...(keys.length > 0 && { 'dynamodb:LeadingKeys': keys }),
        },
      },
      policies,
    ).decision;
}

/** DynamoDB accepts no empty key, and `ForAllValues` ignores an empty text. */
const isKey = (text: string): boolean => text !== '';

describe('a tool for one item', () => {
  it('allows only that item, for every key', () => {
    const cases = s3Key.chain((item) =>
      fc.record({ item: fc.constant(item), other: near(item).filter(isKey) }),
    );
    fc.assert(
      fc.property(cases, ({ item, other }) => {
        const may = sessionFor(item);
        expect(may('dynamodb:GetItem', [item])).toBe('allow');
        expect(may('dynamodb:PutItem', [`reply-${item}`])).toBe('allow');
        expect(may('dynamodb:GetItem', [other])).toBe(other === item ? 'allow' : 'implicit-deny');
        expect(may('dynamodb:GetItem', [item, `${item}x`])).toBe('implicit-deny');
        expect(may('dynamodb:PutItem', [item])).toBe('implicit-deny');
      }),
      { numRuns: 400 },
    );
  });

  it.each(['GetItem', 'Scan', 'Query', 'BatchGetItem', 'DeleteItem', 'UpdateItem', 'PartiQLSelect'])(
    'does not allow %s without a key, as in a scan',
    (action) => expect(sessionFor('C-1')(`dynamodb:${action}`, [])).toBe('implicit-deny'),
  );

  it.each(['Scan', 'Query', 'BatchGetItem', 'DeleteItem', 'UpdateItem'])(
    'does not allow %s for the item',
    (action) => expect(sessionFor('C-1')(`dynamodb:${action}`, ['C-1', 'reply-C-1'])).toBe('implicit-deny'),
  );
});

it('the sample’s assistant can only read and put items by their keys, for every parameter', () => {
  const [, ceiling] =
    ofType(sampleResources(), 'AWS::IAM::ManagedPolicy').find(([id]) =>
      id.startsWith('CaseResponseTaskCeiling'),
    ) ?? [];
  const { Statement } = ceiling?.Properties['PolicyDocument'] as { Statement: Record<string, unknown>[] };
  const keyed = { Condition: { Null: { 'dynamodb:LeadingKeys': ['false'] } } };
  const on = (name: string) => ({ 'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${name}`)), 'Arn'] });
  expect(Statement.slice(0, -2)).toEqual([
    { Sid: 'readCase', Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: on('Cases'), ...keyed },
    { Sid: 'writeReply', Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: on('Replies'), ...keyed },
  ]);
});
