import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Statement } from 'taskbound-iam/policy';
import { policyLiteral } from '../../../core/grants/session-policy.ts';
import { toolFinder, type ReportedUse } from '../../../core/work/match-tool.ts';

const CASES = 'arn:aws:dynamodb:eu-central-1:111122223333:table/Cases';
const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:taskbound/S/t/t.1/n/';

const allow = (
  Sid: string,
  Action: string,
  Resource: string,
  Condition?: Statement['Condition'],
): Statement => ({
  Sid,
  Effect: 'Allow',
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const leading = (value: string) => ({
  'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': value },
  Null: { 'dynamodb:LeadingKeys': 'false' },
});
const policyOf = (...statements: Statement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

const POLICY = policyOf(
  allow('readSource', 's3:GetObject', 'arn:aws:s3:::b/a${*}b'),
  allow('readCase', 'dynamodb:GetItem', CASES, leading('C-1')),
  allow('writeCase', 'dynamodb:PutItem', CASES, leading('C-1')),
  allow('writeOpen', 's3:PutObject', 'arn:aws:s3:::b/*', { StringEquals: { 's3:x-amz-acl': 'private' } }),
  allow('TaskboundSecrets', 'secretsmanager:GetSecretValue', `${SECRET}password-??????`),
  allow('TaskboundCanary', 'secretsmanager:DescribeSecret', `${SECRET}session-??????`),
  {
    Sid: 'TaskboundDeadline',
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': '2026-11-23T10:00:00Z' } },
  },
);

describe('toolFinder', () => {
  test.each<[string, ReportedUse, string | null]>([
    ['a resource', { action: 's3:GetObject', resource: 'arn:aws:s3:::b/a*b', outcome: 'ok' }, 'readSource'],
    [
      'a literal star, which is not a wildcard',
      { action: 's3:GetObject', resource: 'arn:aws:s3:::b/axb', outcome: 'AccessDenied' },
      null,
    ],
    [
      'an allowed call that the deny refused during teardown',
      { action: 's3:GetObject', resource: 'arn:aws:s3:::b/a*b', outcome: 'AccessDenied' },
      'readSource',
    ],
    [
      'an action in another case',
      { action: 's3:getobject', resource: 'arn:aws:s3:::b/a*b', outcome: 'ok' },
      'readSource',
    ],
    [
      'an action that no statement allows',
      { action: 'sts:AssumeRole', resource: '*', outcome: 'AccessDenied' },
      null,
    ],
    [
      'the granted key',
      { action: 'dynamodb:GetItem', resource: CASES, key: { caseId: 'C-1' }, outcome: 'ok' },
      'readCase',
    ],
    [
      'another key',
      {
        action: 'dynamodb:GetItem',
        resource: CASES,
        key: { caseId: 'C-2' },
        outcome: 'AccessDeniedException',
      },
      null,
    ],
    [
      'another key, although the worker reports success',
      { action: 'dynamodb:GetItem', resource: CASES, key: { caseId: 'C-2' }, outcome: 'ok' },
      null,
    ],
    [
      'two attributes, of which either may be the partition key',
      {
        action: 'dynamodb:GetItem',
        resource: CASES,
        key: { caseId: 'C-1', at: 'C-1' },
        outcome: 'AccessDeniedException',
      },
      null,
    ],
    [
      'a put that succeeded, without its key',
      { action: 'dynamodb:PutItem', resource: CASES, outcome: 'ok' },
      'writeCase',
    ],
    [
      'a put that was refused, without its key',
      { action: 'dynamodb:PutItem', resource: CASES, outcome: 'AccessDeniedException' },
      null,
    ],
    [
      'a condition that the report does not cover, on a call that succeeded',
      { action: 's3:PutObject', resource: 'arn:aws:s3:::b/x', outcome: 'ok' },
      'writeOpen',
    ],
    [
      'a condition that the report does not cover, on a call that was refused',
      { action: 's3:PutObject', resource: 'arn:aws:s3:::b/x', outcome: 'AccessDenied' },
      null,
    ],
    [
      'a secret by its name',
      { action: 'secretsmanager:GetSecretValue', resource: 'taskbound/S/t/t.1/n/password', outcome: 'ok' },
      'TaskboundSecrets',
    ],
    [
      'a secret by its ARN',
      { action: 'secretsmanager:GetSecretValue', resource: `${SECRET}password-aB3xYz`, outcome: 'ok' },
      'TaskboundSecrets',
    ],
    [
      'the secret of another task',
      {
        action: 'secretsmanager:GetSecretValue',
        resource: 'taskbound/S/t/t.2/n/password',
        outcome: 'AccessDeniedException',
      },
      null,
    ],
    ['a resource that is not an ARN', { action: 's3:GetObject', resource: 'b/a*b', outcome: 'ok' }, null],
  ])('%s', (_what, use, tool) => expect(toolFinder(POLICY)(use)).toBe(tool));

  test('names no tool when the report fits two statements', () => {
    const acl = (value: string) => ({ StringEquals: { 's3:x-amz-acl': value } });
    const open = (sid: string) => allow(sid, 's3:PutObject', 'arn:aws:s3:::b/*', acl(sid));
    const use: ReportedUse = { action: 's3:PutObject', resource: 'arn:aws:s3:::b/x', outcome: 'ok' };
    expect(toolFinder(policyOf(open('one'), open('two')))(use)).toBeNull();
    expect(toolFinder(policyOf(open('one'), allow('plain', 's3:PutObject', 'arn:aws:s3:::b/x')))(use)).toBe(
      'plain',
    );
  });

  test.each(['', '{', '[]', '{"Version":"2012-10-17","Statement":[{"Effect":"Maybe"}]}'])(
    'names no tool and does not throw for the policy %j',
    (policy) => {
      const use: ReportedUse = { action: 's3:GetObject', resource: 'arn:aws:s3:::b/a*b', outcome: 'ok' };
      expect(toolFinder(policy)(use)).toBeNull();
    },
  );

  test('a tool that is restricted to one of two keys covers only that key', () => {
    const key = fc.string({ minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(key, key, fc.constantFrom('ok', 'AccessDeniedException'), (granted, asked, outcome) => {
        const policy = policyOf(
          allow('readCase', 'dynamodb:GetItem', CASES, leading(policyLiteral(granted))),
        );
        const use = { action: 'dynamodb:GetItem', resource: CASES, key: { caseId: asked }, outcome };
        expect(toolFinder(policy)(use)).toBe(asked === granted ? 'readCase' : null);
      }),
    );
  });
});
