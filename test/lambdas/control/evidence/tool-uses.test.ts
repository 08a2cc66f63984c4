import { describe, expect, test } from 'vitest';
import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import type { ToolUse } from '../../../../core/work/work.ts';
import { chainOf, leaseIssued } from '../../../fixtures/task-events.ts';
import { toolUses } from '../../../../lambdas/control/evidence/tool-uses.ts';

const CASES = 'arn:aws:dynamodb:eu-central-1:111122223333:table/Cases';
const REPLIES = 'arn:aws:dynamodb:eu-central-1:111122223333:table/Replies';
const OTHER = 'arn:aws:dynamodb:eu-central-1:111122223333:table/jane.doe';
const WRITTEN = 'arn:aws:s3:::b/reports/jane.doe';

const onKey = (Sid: string, Action: string, Resource: string) => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
  Condition: {
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': 'C-1' },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  },
});
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    onKey('readCase', 'dynamodb:GetItem', CASES),
    onKey('writeReply', 'dynamodb:PutItem', REPLIES),
    {
      Sid: 'writeReport',
      Effect: 'Allow',
      Action: 's3:PutObject',
      Resource: 'arn:aws:s3:::b/reports/*',
      Condition: { StringEquals: { 's3:x-amz-acl': 'private' } },
    },
  ],
});
const issued = (sessionPolicy: string) => chainOf([leaseIssued(1, { sessionPolicy })]);

const DENIED = 'AccessDeniedException';
const use = (action: string, resource: string, outcome: string, caseId?: string): ToolUse => ({
  action,
  resource,
  ...(caseId !== undefined && { key: { caseId } }),
  requestId: 'r',
  outcome,
});
const digest = (text: string): string => `sha256:${sha256Hex(text)}`;

const saidOf = (given: ToolUse, policy = POLICY): unknown => {
  const said = toolUses({ uses: [given], count: 1, digest: 'd' }, issued(policy));
  return said === 'unknown' ? said : said.uses[0];
};

describe('a call stands in plain words', () => {
  test.each<[string, string | null, ToolUse]>([
    ['that a tool allows', 'readCase', use('dynamodb:GetItem', CASES, 'ok', 'C-1')],
    [
      'that a tool allows, refused while torn down',
      'readCase',
      use('dynamodb:GetItem', CASES, DENIED, 'C-1'),
    ],
    ['that a tool may allow: a put does not tell its key', null, use('dynamodb:PutItem', REPLIES, DENIED)],
    ['that a tool may allow, and had no answer', null, use('s3:PutObject', WRITTEN, 'TimeoutError')],
    ['on what the policy names', null, use('dynamodb:Scan', CASES, DENIED)],
    ['that names nothing', null, use('s3:ListAllMyBuckets', '*', DENIED)],
    ['that AWS answered, though nothing allows it', null, use('dynamodb:GetItem', CASES, 'ok', 'jane.doe')],
  ])('%s', (_what, tool, given) => expect(saidOf(given)).toEqual({ tool, ...given }));
});

describe('an attempt that nothing allows has digests in the place of names', () => {
  test.each<[string, ToolUse, Partial<ToolUse>]>([
    ['of a key', use('dynamodb:GetItem', CASES, DENIED, 'jane.doe'), { key: { caseId: digest('jane.doe') } }],
    ['of a table', use('dynamodb:PutItem', OTHER, DENIED), { resource: digest(OTHER) }],
    [
      'of both',
      use('dynamodb:DeleteItem', OTHER, DENIED, 'jane.doe'),
      { resource: digest(OTHER), key: { caseId: digest('jane.doe') } },
    ],
    [
      'of an object, where the action is none of its tool',
      use('s3:DeleteObject', WRITTEN, 'AccessDenied'),
      { resource: digest(WRITTEN) },
    ],
    [
      'however AWS says no: the head of an object has no name for it',
      use('s3:GetObject', WRITTEN, 'Unknown'),
      { resource: digest(WRITTEN) },
    ],
    [
      'of what never got an answer',
      use('secretsmanager:GetSecretValue', 'jane.doe', 'TimeoutError'),
      { resource: digest('jane.doe') },
    ],
  ])('%s', (_what, given, hidden) => expect(saidOf(given)).toEqual({ tool: null, ...given, ...hidden }));

  test('whatever it is, where nobody can read the policy', () =>
    expect(saidOf(use('dynamodb:GetItem', CASES, DENIED, 'C-1'), '{')).toMatchObject({
      resource: digest(CASES),
      key: { caseId: digest('C-1') },
    }));

  test('count and digest of all stay the worker’s own', () =>
    expect(
      toolUses({ uses: [use('a:B', 'x', DENIED)], count: 7, digest: 'd' }, issued(POLICY)),
    ).toMatchObject({
      word: 'worker',
      count: 7,
      digest: 'd',
    }));
});
