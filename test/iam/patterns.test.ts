import { describe, expect, it } from 'vitest';
import { decide } from 'taskbound-iam/evaluate';
import type { PolicyDocument, RequestContext, Statement } from 'taskbound-iam/policy';
import { allow, document, identityOnly, request } from './support.ts';

const BUCKET = 'arn:aws:s3:::bucket';

describe('actions', () => {
  const cases: [string, Partial<Statement>, string, boolean][] = [
    ['the action itself', { Action: 's3:GetObject' }, 's3:GetObject', true],
    ['in another case', { Action: 'S3:getobject' }, 's3:GetObject', true],
    ['another action', { Action: 's3:GetObject' }, 's3:GetObjectTagging', false],
    ['any action', { Action: '*' }, 's3:GetObject', true],
    ['any action of the service', { Action: 's3:*' }, 's3:GetObject', true],
    ['of another service', { Action: 'sqs:*' }, 's3:GetObject', false],
    ['a star in the middle', { Action: 's3:Get*Tagging' }, 's3:GetObjectTagging', true],
    ['a question mark is one character', { Action: 's3:GetObjec?' }, 's3:GetObject', true],
    ['and never none', { Action: 's3:GetObject?' }, 's3:GetObject', false],
    ['one of several', { Action: ['s3:PutObject', 's3:GetObject'] }, 's3:GetObject', true],
    ['NotAction excludes what it names', { NotAction: 's3:getobject' }, 's3:GetObject', false],
    ['NotAction grants the rest', { NotAction: ['s3:PutObject', 's3:Delete*'] }, 's3:GetObject', true],
  ];
  it.each(cases)('%s', (_sentence, part, action, expected) => {
    const statement: Statement = { Effect: 'Allow', Resource: '*', ...part };
    expect(decide(request({ action }), identityOnly(statement)).decision === 'allow').toBe(expected);
  });
});

describe('resources', () => {
  const cases: [string, Partial<Statement>, string, boolean][] = [
    ['the ARN itself', { Resource: `${BUCKET}/a` }, `${BUCKET}/a`, true],
    ['case matters', { Resource: `${BUCKET}/A` }, `${BUCKET}/a`, false],
    ['everything', { Resource: '*' }, `${BUCKET}/a`, true],
    ['everything includes resources without an ARN', { Resource: '*' }, '*', true],
    ['an ARN pattern does not match a resource without an ARN', { Resource: 'arn:*:*:*:*:*' }, '*', false],
    ['a star matches slashes', { Resource: `${BUCKET}/*` }, `${BUCKET}/a/b//c`, true],
    ['a star matches nothing', { Resource: `${BUCKET}/*` }, `${BUCKET}/`, true],
    ['a star does not replace a literal slash', { Resource: `${BUCKET}/*` }, BUCKET, false],
    ['a question mark is one character', { Resource: `${BUCKET}/?` }, `${BUCKET}/ab`, false],
    ['a question mark matches a slash', { Resource: `${BUCKET}/a?b` }, `${BUCKET}/a/b`, true],
    [
      'a question mark matches a character outside the BMP',
      { Resource: `${BUCKET}/a?b` },
      `${BUCKET}/a😀b`,
      true,
    ],
    [
      'six random characters',
      { Resource: 'arn:aws:secretsmanager:eu-central-1:1:secret:n-??????' },
      'arn:aws:secretsmanager:eu-central-1:1:secret:n-AbC123',
      true,
    ],
    [
      'not seven',
      { Resource: 'arn:aws:secretsmanager:eu-central-1:1:secret:n-??????' },
      'arn:aws:secretsmanager:eu-central-1:1:secret:n-x-AbC12',
      false,
    ],
    ['a star in a part', { Resource: 'arn:aws:sqs:*:1:q' }, 'arn:aws:sqs:eu-central-1:1:q', true],
    [
      'a star does not match across the first five colons',
      { Resource: 'arn:aws:s3*:x:y:z' },
      'arn:aws:s3:::bucket:x:y:z',
      false,
    ],
    [
      'a star in the account does not match colons',
      { Resource: 'arn:aws:sqs:eu-central-1:*:q' },
      'arn:aws:sqs:eu-central-1:1:p:q',
      false,
    ],
    [
      'a star in the last part matches colons',
      { Resource: 'arn:aws:states:r:1:*:b' },
      'arn:aws:states:r:1:execution:a:b',
      true,
    ],
    ['one of several', { Resource: [`${BUCKET}/b`, `${BUCKET}/a`] }, `${BUCKET}/a`, true],
    ['NotResource excludes what it names', { NotResource: `${BUCKET}/*` }, `${BUCKET}/a`, false],
    ['NotResource grants the rest', { NotResource: [`${BUCKET}/x`, `${BUCKET}/y`] }, `${BUCKET}/a`, true],
    ['NotResource includes resources without an ARN', { NotResource: `${BUCKET}/*` }, '*', true],
  ];
  it.each(cases)('%s', (_sentence, part, resource, expected) => {
    const statement: Statement = { Effect: 'Allow', Action: '*', ...part };
    expect(decide(request({ resource }), identityOnly(statement)).decision === 'allow').toBe(expected);
  });
});

describe('policy variables in resources', () => {
  const cases: [string, string, RequestContext, string, boolean][] = [
    ['a variable is filled in', '${aws:SourceIdentity}/x', { 'aws:SourceIdentity': 'a.t1' }, 'a.t1/x', true],
    [
      'its name is case-insensitive',
      '${AWS:sourceidentity}/x',
      { 'aws:SourceIdentity': 'a.t1' },
      'a.t1/x',
      true,
    ],
    ['another value', '${aws:SourceIdentity}/x', { 'aws:SourceIdentity': 'a.t2' }, 'a.t1/x', false],
    [
      'a star in the value is a star',
      '${aws:SourceIdentity}',
      { 'aws:SourceIdentity': '*' },
      'anything',
      false,
    ],
    ['a star in the value matches a star', '${aws:SourceIdentity}', { 'aws:SourceIdentity': '*' }, '*', true],
    ['a question mark in the value', '${aws:SourceIdentity}', { 'aws:SourceIdentity': 'a?' }, 'ab', false],
    [
      'a variable in the value is not filled in again',
      '${aws:a}',
      { 'aws:a': '${aws:b}', 'aws:b': 'x' },
      'x',
      false,
    ],
    ['a colon in the value', '${aws:a}', { 'aws:a': 'p:q' }, 'p:q', true],
    ['an unknown variable matches nothing', '${aws:SourceIdentity}*', {}, 'x', false],
    [
      'an unknown variable does not match its own text',
      '${aws:SourceIdentity}',
      {},
      '${aws:SourceIdentity}',
      false,
    ],
    ['a key with several values is not a variable', '${aws:TagKeys}', { 'aws:TagKeys': ['x'] }, 'x', false],
    ['a default', "${aws:PrincipalTag/team, 'all'}/x", {}, 'all/x', true],
    ['a default without a space', "${aws:PrincipalTag/team,'all'}/x", {}, 'all/x', true],
    ['a default is literal', "${aws:PrincipalTag/team, '*'}", {}, 'x', false],
    ['a default is not used when there is a value', "${aws:a, 'all'}", { 'aws:a': 'one' }, 'all', false],
    ['an empty value is a value', "${aws:a, 'all'}x", { 'aws:a': '' }, 'x', true],
    ['a star beside a variable globs', '${aws:a}*', { 'aws:a': 'one' }, 'one/more', true],
    ['an escaped star is a star', 'a${*}b', {}, 'a*b', true],
    ['an escaped star matches nothing else', 'a${*}b', {}, 'axb', false],
    ['an escaped question mark', 'a${?}b', {}, 'a?b', true],
    ['an escaped question mark matches nothing else', 'a${?}b', {}, 'axb', false],
    ['an escaped dollar', 'a${$}{b}', {}, 'a${b}', true],
    ['a dollar alone is a dollar', 'a$b', {}, 'a$b', true],
  ];
  const asked = (context: RequestContext, key: string) => request({ context, resource: `${BUCKET}/${key}` });
  it.each(cases)('%s: %s', (_sentence, pattern, context, key, expected) => {
    const decision = decide(
      asked(context, key),
      identityOnly({ ...allow, Resource: `${BUCKET}/${pattern}` }),
    );
    expect(decision.decision === 'allow').toBe(expected);
  });

  it.each(['2008-10-17', undefined])('are plain text in a policy with Version %s', (version) => {
    const statement = { ...allow, Resource: `${BUCKET}/\${aws:a}` };
    const old: PolicyDocument = {
      ...(version === undefined ? {} : { Version: version }),
      Statement: statement,
    };
    const decisionOf = (key: string, policy: PolicyDocument) =>
      decide(asked({ 'aws:a': 'x' }, key), { identity: [{ name: 'p', document: policy }] }).decision;
    expect(decisionOf('x', old)).toBe('implicit-deny');
    expect(decisionOf('${aws:a}', old)).toBe('allow');
    expect(decisionOf('x', document(statement))).toBe('allow');
  });
});
