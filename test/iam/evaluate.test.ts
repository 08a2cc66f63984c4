import { describe, expect, it } from 'vitest';
import { decide } from 'taskbound-iam/evaluate';
import type { Statement } from 'taskbound-iam/policy';
import type { Case } from './cases.ts';
import {
  yes,
  no,
  silent,
  to,
  NO_IDENTITY,
  NO_BOUNDARY,
  NO_SESSION,
  NO_RESOURCE,
  DENY_IDENTITY,
  DENY_BOUNDARY,
  DENY_SESSION,
  DENY_RESOURCE,
  table,
  NO_RESOURCE_SECRET,
  secretOf,
} from './cases.ts';
import {
  ACCOUNT,
  ROLE,
  ROOT_ARN,
  allow,
  deny,
  lambda,
  named,
  other,
  request,
  root,
  stranger,
} from './support.ts';

describe("a role's session without a resource policy", () => {
  const cases: Case[] = [
    ['nothing allows', { identity: [] }, NO_IDENTITY],
    ['the identity policy allows another action', { identity: [silent] }, NO_IDENTITY],
    ['the identity policy allows', { identity: [yes] }, ''],
    ['one of two identity policies allows', { identity: [silent, yes] }, ''],
    ['identity allows, boundary is silent', { identity: [yes], boundary: silent }, NO_BOUNDARY],
    ['identity allows, session policy is silent', { identity: [yes], session: silent }, NO_SESSION],
    [
      'identity allows, both others are silent',
      { identity: [yes], boundary: silent, session: silent },
      NO_BOUNDARY,
    ],
    ['all three allow', { identity: [yes], boundary: yes, session: yes }, ''],
    [
      'boundary and session policy grant nothing by themselves',
      { identity: [], boundary: yes, session: yes },
      NO_IDENTITY,
    ],
    ['identity denies beside an allow', { identity: [yes, no], boundary: yes, session: yes }, DENY_IDENTITY],
    ['boundary denies', { identity: [yes], boundary: named('p', allow, deny), session: yes }, DENY_BOUNDARY],
    [
      'session policy denies',
      { identity: [yes], boundary: yes, session: named('p', allow, deny) },
      DENY_SESSION,
    ],
    [
      'a silent session policy beside a deny in the boundary',
      { identity: [yes], boundary: no, session: silent },
      DENY_BOUNDARY,
    ],
  ];
  table(cases);
});

describe('services, strangers and the account itself', () => {
  const cases: Case[] = [
    ['a service without a resource policy', { identity: [yes] }, NO_RESOURCE, { principal: lambda }],
    [
      'a service that the resource policy names',
      { identity: [], resource: to({ Service: 'lambda.amazonaws.com' }) },
      '',
      { principal: lambda },
    ],
    [
      'another service',
      { identity: [], resource: to({ Service: 'sns.amazonaws.com' }) },
      NO_RESOURCE,
      { principal: lambda },
    ],
    [
      'a service is not its account',
      { identity: [], resource: to({ AWS: ROOT_ARN }) },
      NO_RESOURCE,
      { principal: lambda },
    ],
    [
      'a service that is denied',
      {
        identity: [],
        resource: named(
          'p',
          { ...allow, Principal: { Service: 'lambda.amazonaws.com' } },
          { ...deny, Principal: '*' },
        ),
      },
      DENY_RESOURCE,
      { principal: lambda },
    ],
    ['a stranger and a closed resource', { identity: [yes] }, NO_RESOURCE, { principal: stranger }],
    [
      'a stranger and a resource open to everyone',
      { identity: [], resource: to('*') },
      '',
      { principal: stranger },
    ],
    [
      'a stranger and a resource open to a role',
      { identity: [], resource: to({ AWS: ROLE }) },
      NO_RESOURCE,
      { principal: stranger },
    ],
    ['root, nothing allows', { identity: [] }, '', { principal: root }],
    ['root, identity policies do not bear on it', { identity: [no] }, '', { principal: root }],
    [
      'root, denied by the resource',
      { identity: [], resource: to('*', deny) },
      DENY_RESOURCE,
      { principal: root },
    ],
    [
      'root, denied as the account',
      { identity: [], resource: to({ AWS: ACCOUNT }, deny) },
      DENY_RESOURCE,
      { principal: root },
    ],
    [
      'root of another account',
      { identity: [] },
      NO_RESOURCE_SECRET,
      { principal: root, ...secretOf('444455556666') },
    ],
  ];
  table(cases);
});

describe('a decision', () => {
  const tool: Statement = { ...allow, Sid: 'readSource' };
  it('lists every statement that allows, of every kind, by Sid or index', () => {
    const ceiling = named('ceiling', other, tool);
    const decision = decide(request(), {
      identity: [ceiling, named('extra', allow)],
      boundary: ceiling,
      session: named('lease', tool),
      resource: to({ AWS: ROLE }),
    });
    expect(decision.decision).toBe('allow');
    expect(decision.statements).toEqual([
      { kind: 'identity', policy: 'ceiling', statement: 'readSource' },
      { kind: 'identity', policy: 'extra', statement: '0' },
      { kind: 'boundary', policy: 'ceiling', statement: 'readSource' },
      { kind: 'session', policy: 'lease', statement: 'readSource' },
      { kind: 'resource', policy: 'p', statement: '0' },
    ]);
    expect(decision.because).toContain('the identity-based policy ceiling, statement readSource');
    expect(decision).not.toHaveProperty('decidedBy');
  });
  it('names the one statement that denies', () => {
    const decision = decide(request(), {
      identity: [yes],
      session: named('lease', tool, { ...deny, Sid: 'Deadline' }),
    });
    expect(decision).toEqual({
      decision: 'explicit-deny',
      decidedBy: 'session',
      because: 'an explicit deny in a session policy (lease, statement Deadline)',
      statements: [{ kind: 'session', policy: 'lease', statement: 'Deadline' }],
    });
  });
  it('names no statement when nothing allowed', () =>
    expect(decide(request(), { identity: [silent] })).toEqual({
      decision: 'implicit-deny',
      decidedBy: 'identity',
      because: 'no identity-based policy allows the s3:GetObject action',
      statements: [],
    }));
  it('refuses a document that cannot stand where it is attached', () => {
    expect(() => decide(request(), { identity: [to('*')] })).toThrow('must not name a principal');
    expect(() => decide(request(), { identity: [], resource: yes })).toThrow('must contain Principal');
    expect(() => decide(request(), { identity: [named('p', { Effect: 'Allow', Action: '*' })] })).toThrow(
      'must contain Resource',
    );
  });
});
