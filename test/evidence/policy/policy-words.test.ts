import { describe, expect, it } from 'vitest';
import { resourceWords } from '../../../packages/evidence/policy/pattern-words.ts';
import { policyWords, type StatementWords } from '../../../packages/evidence/policy/policy-words.ts';
import { policyUntil } from '../../fixtures/task-events.ts';

const only = (statement: object): StatementWords => {
  const words = policyWords(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
  if ('fault' in words || words.statements[0] === undefined) throw new Error(JSON.stringify(words));
  return words.statements[0];
};

const DEADLINE = {
  Sid: 'TaskboundDeadline',
  Effect: 'Deny',
  Action: '*',
  Resource: '*',
  Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': '2026-11-23T10:02:00Z' } },
};

const READ = { Sid: 'readSource', Effect: 'Allow', Action: 's3:GetObject', Resource: 'a' };

describe('a session policy in plain words', () => {
  it('knows each statement that Taskbound writes', () => {
    const words = policyWords(policyUntil('2026-11-23T10:02:00Z'));
    expect('statements' in words && words.statements.map(({ kind, sid }) => [kind, sid])).toEqual([
      ['tool', 'readSource'],
      ['secrets', 'TaskboundSecrets'],
      ['canary', 'TaskboundCanary'],
      ['deadline', 'TaskboundDeadline'],
    ]);
    expect('statements' in words && words.statements[3]?.says).toBe(
      'From 2026-11-23T10:02:00Z on, everything is denied.',
    );
  });

  it.each<[string, object]>([
    ['a deadline that allows', { ...DEADLINE, Effect: 'Allow' }],
    ['a deadline for some actions', { ...DEADLINE, Action: 's3:*' }],
    ['a deadline on some resources', { ...DEADLINE, Resource: 'arn:aws:s3:::a/*' }],
    [
      'a deadline with a second condition',
      { ...DEADLINE, Condition: { ...DEADLINE.Condition, Bool: { 'aws:SecureTransport': 'false' } } },
    ],
    [
      'a deadline with a second key',
      { ...DEADLINE, Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': 'x', other: 'y' } } },
    ],
    ['a deadline without time', { ...DEADLINE, Condition: {} }],
    [
      'a canary that may do more',
      {
        Sid: 'TaskboundCanary',
        Effect: 'Allow',
        Action: ['secretsmanager:DescribeSecret', 's3:*'],
        Resource: 'a',
      },
    ],
    [
      'secrets that may be written',
      { Sid: 'TaskboundSecrets', Effect: 'Allow', Action: 'secretsmanager:PutSecretValue', Resource: 'a' },
    ],
    [
      'a tool that is turned round',
      { Sid: 'readSource', Effect: 'Allow', NotAction: 's3:GetObject', Resource: 'a' },
    ],
    [
      'a name of ours that we do not use',
      { Sid: 'TaskboundOther', Effect: 'Allow', Action: 's3:GetObject', Resource: 'a' },
    ],
    ['no name', { Effect: 'Allow', Action: 's3:GetObject', Resource: 'a' }],
    ['no effect', { Sid: 'readSource', Action: 's3:GetObject', Resource: 'a' }],
    ['no object', ['Allow']],
    ['an element that is not known', { ...READ, Principal: '*' }],
    ['an action that is not a text', { ...READ, Action: ['s3:GetObject', 7] }],
    ['no resource', { ...READ, Resource: [] }],
  ])('%s is none of ours', (_what, statement) => {
    expect(only(statement).kind).toBe('other');
  });

  it('says when a statement is turned round', () => {
    expect(only({ Sid: 'a', Effect: 'Allow', NotAction: 'x', Resource: '*' }).says).toMatch(
      /turned round by NotAction/,
    );
  });

  it('keeps conditions', () => {
    const condition = { StringLike: { 's3:prefix': ['a/*', 'b/*'] }, Bool: { x: true } };
    expect(
      only({ Sid: 'list', Effect: 'Allow', Action: 's3:ListBucket', Resource: 'a', Condition: condition })
        .conditions,
    ).toEqual([
      {
        says: 'only if s3:prefix matches anything that begins with "a/" or anything that begins with "b/"',
        exact: ['StringLike s3:prefix a/*, b/*'],
      },
      { says: 'only if the condition Bool x true is met', exact: ['Bool x true'] },
    ]);
  });

  it.each([
    ['no JSON', '{', /not JSON/],
    ['a number', '7', /no statements/],
    ['no statements', '{"Statement":[]}', /no statements/],
  ])('%s has a fault', (_what, text, fault) => {
    expect(policyWords(text)).toEqual({ fault: expect.stringMatching(fault) });
  });
});

describe('what a resource stands for', () => {
  it.each([
    ['arn:aws:s3:::b/key', 'exactly', 'arn:aws:s3:::b/key'],
    ['arn:aws:s3:::b/a${*}b${?}${$}', 'exactly', 'arn:aws:s3:::b/a*b?$'],
    ['arn:aws:s3:::b/in/*', 'begins-with', 'arn:aws:s3:::b/in/'],
    ['arn:aws:s3:::b/${*}/*', 'begins-with', 'arn:aws:s3:::b/*/'],
    ['arn:aws:s3:::b/*/x', 'pattern', 'arn:aws:s3:::b/*/x'],
    ['arn:aws:s3:::b/?', 'pattern', 'arn:aws:s3:::b/?'],
    ['arn:aws:s3:::b/${aws:username}', 'pattern', 'arn:aws:s3:::b/${aws:username}'],
    ['arn:x:secret:name-??????', 'secret', 'arn:x:secret:name'],
    ['arn:x:secret:*-??????', 'pattern', 'arn:x:secret:*-??????'],
    ['*', 'everything', '*'],
    ['**', 'everything', '**'],
  ])('%s: %s', (resource, reach, text) => {
    expect(resourceWords(resource)).toEqual({ reach, text });
  });
});
