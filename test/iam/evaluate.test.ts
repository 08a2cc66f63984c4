import { describe, expect, it } from 'vitest';
import { decide } from 'taskbound-iam/evaluate';
import type { Statement } from 'taskbound-iam/policy';
import type { Case } from './cases.ts';
import {
  allows,
  denies,
  unrelated,
  allowTo,
  NO_IDENTITY,
  NO_BOUNDARY,
  NO_SESSION,
  NO_RESOURCE,
  DENY_IDENTITY,
  DENY_BOUNDARY,
  DENY_SESSION,
  DENY_RESOURCE,
  testCases,
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
  anonymous,
} from './support.ts';

describe("a role's session without a resource policy", () => {
  const cases: Case[] = [
    ['nothing allows', { identity: [] }, NO_IDENTITY],
    ['the identity policy allows another action', { identity: [unrelated] }, NO_IDENTITY],
    ['the identity policy allows', { identity: [allows] }, ''],
    ['one of two identity policies allows', { identity: [unrelated, allows] }, ''],
    ['identity allows, boundary does not', { identity: [allows], boundary: unrelated }, NO_BOUNDARY],
    ['identity allows, session policy does not', { identity: [allows], session: unrelated }, NO_SESSION],
    [
      'identity allows, the other two do not',
      { identity: [allows], boundary: unrelated, session: unrelated },
      NO_BOUNDARY,
    ],
    ['all three allow', { identity: [allows], boundary: allows, session: allows }, ''],
    [
      'boundary and session policy grant nothing by themselves',
      { identity: [], boundary: allows, session: allows },
      NO_IDENTITY,
    ],
    [
      'identity denies beside an allow',
      { identity: [allows, denies], boundary: allows, session: allows },
      DENY_IDENTITY,
    ],
    [
      'boundary denies',
      { identity: [allows], boundary: named('p', allow, deny), session: allows },
      DENY_BOUNDARY,
    ],
    [
      'session policy denies',
      { identity: [allows], boundary: allows, session: named('p', allow, deny) },
      DENY_SESSION,
    ],
    [
      'a deny in the boundary, and no allow in the session policy',
      { identity: [allows], boundary: denies, session: unrelated },
      DENY_BOUNDARY,
    ],
  ];
  testCases(cases);
});

describe("a role's session with scope-down policies", () => {
  const identity = [allows];
  const cases: Case[] = [
    ['each allows', { identity, session: allows, scopes: [allows, allows] }, ''],
    ['they grant nothing by themselves', { identity: [], scopes: [allows] }, NO_IDENTITY],
    ['one of two does not allow', { identity, scopes: [allows, unrelated] }, NO_SESSION],
    ['one of two denies', { identity, scopes: [allows, named('p', allow, deny)] }, DENY_SESSION],
    [
      'one does not allow what a resource policy grants to everyone',
      { identity: [], scopes: [unrelated], resource: allowTo('*') },
      NO_SESSION,
    ],
    [
      'one allows what a resource policy grants to everyone',
      { identity: [], scopes: [allows], resource: allowTo('*') },
      '',
    ],
  ];
  testCases(cases);
});

describe('services, anonymous callers and the account itself', () => {
  const cases: Case[] = [
    ['a service without a resource policy', { identity: [allows] }, NO_RESOURCE, { principal: lambda }],
    [
      'a service that the resource policy names',
      { identity: [], resource: allowTo({ Service: 'lambda.amazonaws.com' }) },
      '',
      { principal: lambda },
    ],
    [
      'another service',
      { identity: [], resource: allowTo({ Service: 'sns.amazonaws.com' }) },
      NO_RESOURCE,
      { principal: lambda },
    ],
    [
      'a service is not its account',
      { identity: [], resource: allowTo({ AWS: ROOT_ARN }) },
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
    [
      'an anonymous caller and a closed resource',
      { identity: [allows] },
      NO_RESOURCE,
      { principal: anonymous },
    ],
    [
      'an anonymous caller and a resource open to everyone',
      { identity: [], resource: allowTo('*') },
      '',
      { principal: anonymous },
    ],
    [
      'an anonymous caller and a resource open to a role',
      { identity: [], resource: allowTo({ AWS: ROLE }) },
      NO_RESOURCE,
      { principal: anonymous },
    ],
    ['root, nothing allows', { identity: [] }, '', { principal: root }],
    ['root, identity policies do not apply', { identity: [denies] }, '', { principal: root }],
    [
      'root, denied by the resource',
      { identity: [], resource: allowTo('*', deny) },
      DENY_RESOURCE,
      { principal: root },
    ],
    [
      'root, denied as the account',
      { identity: [], resource: allowTo({ AWS: ACCOUNT }, deny) },
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
  testCases(cases);
});

describe('a decision', () => {
  const tool: Statement = { ...allow, Sid: 'readSource' };
  it('lists every statement that allows, in every kind of policy, by Sid or index', () => {
    const ceiling = named('ceiling', other, tool);
    const decision = decide(request(), {
      identity: [ceiling, named('extra', allow)],
      boundary: ceiling,
      session: named('lease', tool),
      resource: allowTo({ AWS: ROLE }),
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
      identity: [allows],
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
    expect(decide(request(), { identity: [unrelated] })).toEqual({
      decision: 'implicit-deny',
      decidedBy: 'identity',
      because: 'no identity-based policy allows the s3:GetObject action',
      statements: [],
    }));
  it('refuses a policy that is not valid for its kind of attachment', () => {
    expect(() => decide(request(), { identity: [allowTo('*')] })).toThrow('must not name a principal');
    expect(() => decide(request(), { identity: [], resource: allows })).toThrow('must contain Principal');
    expect(() => decide(request(), { identity: [named('p', { Effect: 'Allow', Action: '*' })] })).toThrow(
      'must contain Resource',
    );
  });
});
