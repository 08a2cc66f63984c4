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

const recordedUse = (given: ToolUse, policy = POLICY): unknown => {
  const said = toolUses({ uses: [given], count: 1, digest: 'd' }, issued(policy));
  return said === 'unknown' ? said : said.uses[0];
};

describe('a call keeps its names', () => {
  test.each<[string, string | null, ToolUse]>([
    ['if a tool allows it', 'readCase', use('dynamodb:GetItem', CASES, 'ok', 'C-1')],
    [
      'if a tool allows it and the deny refused it during teardown',
      'readCase',
      use('dynamodb:GetItem', CASES, DENIED, 'C-1'),
    ],
    [
      'if a tool may allow it, because the report of a put does not contain the key',
      null,
      use('dynamodb:PutItem', REPLIES, DENIED),
    ],
    ['if a tool may allow it and it got no answer', null, use('s3:PutObject', WRITTEN, 'TimeoutError')],
    ['if the policy contains the resource', null, use('dynamodb:Scan', CASES, DENIED)],
    ['if it names no resource', null, use('s3:ListAllMyBuckets', '*', DENIED)],
    [
      'if AWS answered it, although no statement allows it',
      null,
      use('dynamodb:GetItem', CASES, 'ok', 'jane.doe'),
    ],
  ])('%s', (_what, tool, given) => expect(recordedUse(given)).toEqual({ tool, ...given }));
});

describe('an attempt that no statement allows has digests instead of names', () => {
  test.each<[string, ToolUse, Partial<ToolUse>]>([
    [
      'for a key',
      use('dynamodb:GetItem', CASES, DENIED, 'jane.doe'),
      { key: { caseId: digest('jane.doe') } },
    ],
    ['for a table', use('dynamodb:PutItem', OTHER, DENIED), { resource: digest(OTHER) }],
    [
      'for a key and a table',
      use('dynamodb:DeleteItem', OTHER, DENIED, 'jane.doe'),
      { resource: digest(OTHER), key: { caseId: digest('jane.doe') } },
    ],
    [
      'for an object whose tool does not have the action',
      use('s3:DeleteObject', WRITTEN, 'AccessDenied'),
      { resource: digest(WRITTEN) },
    ],
    [
      'for every form of refusal, such as that of HeadObject, which has no error name',
      use('s3:GetObject', WRITTEN, 'Unknown'),
      { resource: digest(WRITTEN) },
    ],
    [
      'for a call without an answer',
      use('secretsmanager:GetSecretValue', 'jane.doe', 'TimeoutError'),
      { resource: digest('jane.doe') },
    ],
  ])('%s', (_what, given, hidden) => expect(recordedUse(given)).toEqual({ tool: null, ...given, ...hidden }));

  test('for every call when the policy cannot be read', () =>
    expect(recordedUse(use('dynamodb:GetItem', CASES, DENIED, 'C-1'), '{')).toMatchObject({
      resource: digest(CASES),
      key: { caseId: digest('C-1') },
    }));

  test('but the count and the digest of all calls are those of the worker', () =>
    expect(
      toolUses({ uses: [use('a:B', 'x', DENIED)], count: 7, digest: 'd' }, issued(POLICY)),
    ).toMatchObject({
      word: 'worker',
      count: 7,
      digest: 'd',
    }));
});
