import { describe, expect, it } from 'vitest';
import { MalformedPolicy, parsePolicy } from 'taskbound-iam/parse';
import { ROLE } from './support.ts';

const good = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' };
const policy = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
const withCondition = (Condition: unknown) => policy({ ...good, Condition });

describe('parsePolicy accepts', () => {
  const cases: [string, string][] = [
    ['one statement without a list', JSON.stringify({ Version: '2012-10-17', Id: 'x', Statement: good })],
    ['no version', JSON.stringify({ Statement: [good] })],
    ['an empty condition', withCondition({})],
    [
      'a variable that is plain text in the old version',
      JSON.stringify({ Version: '2008-10-17', Statement: { ...good, Resource: 'arn:aws:s3:::b/${' } }),
    ],
    ['one name in several objects', JSON.stringify({ Statement: [good, { ...good, Effect: 'Deny' }] })],
  ];
  it.each(cases)('%s', (_sentence, text) => expect(parsePolicy(text)).toEqual(JSON.parse(text)));
});

describe('parsePolicy refuses', () => {
  const cases: [string, string, string][] = [
    ['text that is not JSON', '{', 'not valid JSON'],
    ['JSON that is not an object', '[]', 'must be a JSON object'],
    [
      'a field twice',
      '{"Statement":[{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}]}',
      '"Effect" twice',
    ],
    ['deep nesting', `{"Statement":${'['.repeat(20000)}${']'.repeat(20000)}}`, 'levels deep'],
    ['an unknown field', JSON.stringify({ Statement: [good], Extra: 1 }), 'unknown field "Extra"'],
    ['an unknown version', JSON.stringify({ Version: '2020-01-01', Statement: [good] }), 'Version must be'],
    ['an Id that is not a string', JSON.stringify({ Id: 1, Statement: [good] }), 'Id must be'],
    ['no statement', '{"Version":"2012-10-17"}', 'no Statement'],
    ['an empty list of statements', '{"Statement":[]}', 'no Statement'],
    ['a statement that is not an object', '{"Statement":["x"]}', 'must be an object'],
    ['an unknown statement field', policy({ ...good, Actions: 's3:*' }), 'unknown field "Actions"'],
    ['no effect', policy({ Action: '*', Resource: '*' }), 'not absent'],
    ['another effect', policy({ ...good, Effect: 'allow' }), 'not "allow"'],
    ['a Sid that is not a string', policy({ ...good, Sid: 5 }), 'Sid must be a string'],
    [
      'a Sid twice',
      JSON.stringify({
        Statement: [
          { ...good, Sid: 'a' },
          { ...good, Sid: 'a' },
        ],
      }),
      '"a" occurs twice',
    ],
    ['no action', policy({ Effect: 'Allow', Resource: '*' }), 'Action or NotAction'],
    ['Action and NotAction', policy({ ...good, NotAction: 's3:*' }), 'both Action and NotAction'],
    ['Resource and NotResource', policy({ ...good, NotResource: '*' }), 'both Resource and NotResource'],
    [
      'Principal and NotPrincipal',
      policy({ ...good, Principal: '*', NotPrincipal: '*' }),
      'both Principal and NotPrincipal',
    ],
    ['an empty list of actions', policy({ ...good, Action: [] }), 'Action must not be an empty list'],
    ['an action that is not a string', policy({ ...good, Action: [1] }), 'Action must be a string'],
    ['an action without a service', policy({ ...good, Action: 'GetObject' }), 'service prefix'],
    ['an action with a variable', policy({ ...good, Action: 's3:${aws:a}' }), 'service prefix'],
    ['a service with a wildcard', policy({ ...good, Action: 's*:GetObject' }), 'service prefix'],
    ['an empty list of resources', policy({ ...good, Resource: [] }), 'Resource must not be an empty list'],
    ['a resource that is not an ARN', policy({ ...good, Resource: 'bucket/*' }), 'ARN format or "*"'],
    ['an ARN with too few parts', policy({ ...good, Resource: 'arn:aws:s3*' }), 'ARN format or "*"'],
    [
      'a variable before the fifth colon',
      policy({ ...good, Resource: 'arn:aws:s3::${aws:PrincipalAccount}:b' }),
      'before its fifth colon',
    ],
    [
      'a variable without an end',
      policy({ ...good, Resource: 'arn:aws:s3:::b/${aws:a' }),
      'no policy variable',
    ],
    ['a variable without a name', policy({ ...good, Resource: 'arn:aws:s3:::b/${}' }), 'no policy variable'],
    ['a principal that is not an object', policy({ ...good, Principal: ROLE }), 'Principal must be'],
    ['an empty principal', policy({ ...good, Principal: {} }), 'Principal must be'],
    [
      'a principal with a wildcard',
      policy({ ...good, Principal: { AWS: 'arn:aws:iam::111122223333:role/*' } }),
      'must be "*", an account',
    ],
    [
      'a principal that does not exist',
      policy({ ...good, Principal: { AWS: 'me' } }),
      'must be "*", an account',
    ],
    [
      'an account with a root that is not an ARN',
      policy({ ...good, Principal: { AWS: '111122223333:root' } }),
      'must be "*", an account',
    ],
    [
      'a service that is not a name',
      policy({ ...good, Principal: { Service: '*' } }),
      'service principal "*"',
    ],
    [
      'a federated principal that is no provider',
      policy({ ...good, Principal: { Federated: 'x' } }),
      'federated principal "x" must be the ARN of an identity provider',
    ],
    [
      'a canonical user',
      policy({ ...good, Principal: { CanonicalUser: 'x' } }),
      '"CanonicalUser" is not supported here: only "AWS", "Service", "Federated" are',
    ],
    [
      'NotPrincipal with Allow',
      policy({ ...good, NotPrincipal: { AWS: ROLE } }),
      'only with the Effect "Deny"',
    ],
    ['a condition that is not an object', withCondition('x'), 'Condition must be an object'],
    ['an operator without keys', withCondition({ StringEquals: {} }), 'with condition keys'],
    ['an unknown operator', withCondition({ StringIs: { 'aws:a': 'x' } }), '"StringIs" does not exist'],
    ['an operator in another case', withCondition({ stringequals: { 'aws:a': 'x' } }), 'does not exist'],
    ['an unknown quantifier', withCondition({ 'ForSome:StringEquals': { 'aws:a': 'x' } }), 'does not exist'],
    ['Null with IfExists', withCondition({ NullIfExists: { 'aws:a': 'true' } }), 'does not exist'],
    [
      'IP addresses',
      withCondition({ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }),
      '"IpAddress" is not supported',
    ],
    [
      'IP addresses, negated, IfExists',
      withCondition({ NotIpAddressIfExists: { 'aws:SourceIp': '10.0.0.0/8' } }),
      'is not supported',
    ],
    ['binary values', withCondition({ BinaryEquals: { 'aws:a': 'eA==' } }), 'is not supported'],
    ['a key without a prefix', withCondition({ StringEquals: { a: 'x' } }), 'must have a prefix'],
    [
      'a key twice, in different case',
      withCondition({ StringEquals: { 'aws:a': 'x', 'AWS:A': 'y' } }),
      'twice',
    ],
    ['an empty list of values', withCondition({ StringEquals: { 'aws:a': [] } }), 'empty list of values'],
    [
      'a value that is an object',
      withCondition({ StringEquals: { 'aws:a': {} } }),
      'strings, numbers or booleans',
    ],
    ['a null value', withCondition({ StringEquals: { 'aws:a': null } }), 'strings, numbers or booleans'],
    [
      'an invalid date',
      withCondition({ DateLessThan: { 'aws:a': '2026-02-30' } }),
      'must be an ISO 8601 date',
    ],
    [
      'a time without a zone',
      withCondition({ DateLessThan: { 'aws:a': '2026-02-03T00:00:00' } }),
      'must be an ISO 8601 date',
    ],
    [
      'an invalid hour',
      withCondition({ DateLessThan: { 'aws:a': '2026-02-03T24:00:00Z' } }),
      'must be an ISO 8601 date',
    ],
    [
      'a variable as a date',
      withCondition({ DateLessThan: { 'aws:a': '${aws:CurrentTime}' } }),
      'must be an ISO 8601 date',
    ],
    ['an invalid number', withCondition({ NumericEquals: { 'aws:a': 'ten' } }), 'must be a decimal number'],
    [
      'a variable as a number',
      withCondition({ NumericEquals: { 'aws:a': '${aws:b}' } }),
      'must be a decimal number',
    ],
    ['an invalid Bool', withCondition({ Bool: { 'aws:a': 'yes' } }), '"true" or "false"'],
    ['a variable as a Bool', withCondition({ Bool: { 'aws:a': '${aws:b}' } }), '"true" or "false"'],
    ['Null with another value', withCondition({ Null: { 'aws:a': 'x' } }), '"true" or "false"'],
    ['an ARN operator without an ARN', withCondition({ ArnLike: { 'aws:a': 'x' } }), 'six parts'],
  ];
  it.each(cases)('%s', (_sentence, text, expected) => {
    expect(() => parsePolicy(text)).toThrow(MalformedPolicy);
    expect(() => parsePolicy(text)).toThrow(expected);
  });
});

describe('parsePolicy for one use', () => {
  const { Resource: _resource, ...open } = good;
  const trust = { Effect: 'Allow', Principal: { AWS: ROLE }, Action: ['sts:AssumeRole', 'sts:TagSession'] };
  const cases = [
    ['identity', good, undefined],
    ['identity', { ...good, Principal: '*' }, 'must not name a principal'],
    ['identity', open, 'must contain Resource'],
    ['identity', { ...good, Sid: 'not so' }, 'alphanumeric'],
    ['resource', { ...good, Sid: 'quite so', Principal: '*' }, undefined],
    ['resource', good, 'must contain Principal'],
    ['resource', { ...open, Principal: '*' }, 'must contain Resource'],
    ['trust', trust, undefined],
    ['trust', { ...trust, Resource: '*' }, 'must not contain Resource'],
    ['trust', { ...trust, Action: 's3:GetObject' }, 'only STS actions'],
    ['trust', { Effect: 'Allow', Principal: '*', NotAction: 'sts:AssumeRole' }, 'must contain Action'],
    ['trust', { Effect: 'Deny', NotPrincipal: '*', Action: 'sts:AssumeRole' }, 'must contain Principal'],
  ] as const;
  it.each(cases)('%s: %j', (use, statement, expected) => {
    const parse = () => parsePolicy(policy(statement), use);
    if (expected === undefined) expect(parse).not.toThrow();
    else expect(parse).toThrow(expected);
  });
});

it.each([
  'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com',
  'arn:aws:iam::111122223333:saml-provider/Corp',
  'accounts.google.com',
])('a trust policy may name the identity provider %s', (Federated) => {
  const statement = {
    Effect: 'Allow',
    Principal: { Federated },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
      StringLike: { 'gitlab.example.org/ci:sub': 'project_path:a/b:*' },
    },
  };
  expect(() => parsePolicy(policy(statement), 'trust')).not.toThrow();
});
