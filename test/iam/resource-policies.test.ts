import { describe, expect, it } from 'vitest';
import type { PrincipalBlock, Statement } from 'taskbound-iam/policy';
import type { Case } from './cases.ts';
import {
  allows,
  denies,
  unrelated,
  allowTo,
  denyOthers,
  NO_IDENTITY,
  NO_BOUNDARY,
  NO_SESSION,
  NO_RESOURCE,
  DENY_IDENTITY,
  DENY_BOUNDARY,
  DENY_SESSION,
  DENY_RESOURCE,
  outcome,
  testCases,
  NO_RESOURCE_SECRET,
  NO_IDENTITY_SECRET,
  allSecrets,
  anySecret,
  secretOf,
} from './cases.ts';
import { ACCOUNT, ROLE, ROOT_ARN, SESSION, allow, deny, lambda, named, root, anonymous } from './support.ts';

describe("a role's session and a resource policy", () => {
  const principals: [string, PrincipalBlock][] = [
    ['the session', { AWS: SESSION }],
    ['everyone', '*'],
    ['everyone as AWS', { AWS: '*' }],
    ['the role', { AWS: ROLE }],
    ['the account', { AWS: ROOT_ARN }],
    ['the account by its id', { AWS: ACCOUNT }],
    ['another role', { AWS: `arn:aws:iam::${ACCOUNT}:role/Other` }],
    ['another session of the role', { AWS: `arn:aws:sts::${ACCOUNT}:assumed-role/Worker/t2` }],
    ['another account', { AWS: '444455556666' }],
    ['a service', { Service: 'lambda.amazonaws.com' }],
  ];
  const direct = new Set(['the session', 'everyone', 'everyone as AWS']);

  it.each(principals)('naming %s, without any other policy', (name, principal) =>
    expect(outcome({ identity: [], resource: allowTo(principal) })).toBe(
      direct.has(name) || name === 'the role' ? '' : NO_IDENTITY,
    ),
  );

  it.each(principals)('naming %s, without an allow in the permissions boundary', (name, principal) =>
    expect(outcome({ identity: [allows], boundary: unrelated, resource: allowTo(principal) })).toBe(
      direct.has(name) ? '' : NO_BOUNDARY,
    ),
  );

  it.each(principals)('naming %s, without an allow in the session policy', (name, principal) =>
    expect(outcome({ identity: [allows], session: unrelated, resource: allowTo(principal) })).toBe(
      direct.has(name) ? '' : NO_SESSION,
    ),
  );

  it.each(principals)(
    'naming %s, with an allow in the boundary and the session policy and none in the identity policy',
    (name, principal) =>
      expect(
        outcome({ identity: [unrelated], boundary: allows, session: allows, resource: allowTo(principal) }),
      ).toBe(direct.has(name) || name === 'the role' ? '' : NO_IDENTITY),
  );

  it.each(principals)('naming %s, with a deny in each other kind of policy', (_name, principal) => {
    const resource = allowTo(principal);
    expect(outcome({ identity: [denies], resource })).toBe(DENY_IDENTITY);
    expect(outcome({ identity: [allows], boundary: denies, resource })).toBe(DENY_BOUNDARY);
    expect(outcome({ identity: [allows], session: denies, resource })).toBe(DENY_SESSION);
  });

  it.each(principals)('denying %s', (name, principal) => {
    const meant = direct.has(name) || ['the role', 'the account', 'the account by its id'].includes(name);
    expect(outcome({ identity: [allows], resource: allowTo(principal, deny) })).toBe(
      meant ? DENY_RESOURCE : '',
    );
  });

  const open: Statement = {
    ...allow,
    Principal: '*',
    Condition: { ArnEquals: { 'aws:PrincipalArn': ROLE } },
  };
  const cases: Case[] = [
    [
      'open to everyone who is the role: not limited by boundary and session policy',
      { identity: [], boundary: unrelated, session: unrelated, resource: named('p', open) },
      '',
      { context: { 'aws:PrincipalArn': ROLE } },
    ],
    [
      'open to everyone who is another role',
      { identity: [], resource: named('p', open) },
      NO_IDENTITY,
      { context: { 'aws:PrincipalArn': `${ROLE}2` } },
    ],
    [
      'the session among several principals',
      { identity: [], session: unrelated, resource: allowTo({ AWS: [ROOT_ARN, SESSION] }) },
      '',
    ],
    [
      'a resource in another account, identity only',
      { identity: [allSecrets()] },
      NO_RESOURCE_SECRET,
      secretOf('444455556666'),
    ],
    [
      'a resource in another account, resource policy only',
      { identity: [], resource: anySecret(SESSION) },
      NO_IDENTITY_SECRET,
      secretOf('444455556666'),
    ],
    [
      'a resource in another account, resource policy that names only the role',
      { identity: [], resource: anySecret(ROLE) },
      NO_IDENTITY_SECRET,
      secretOf('444455556666'),
    ],
    [
      'a resource in another account, both',
      { identity: [allSecrets()], resource: anySecret(ROLE) },
      '',
      secretOf('444455556666'),
    ],
    [
      'the same within the account, resource policy only',
      { identity: [], resource: anySecret(SESSION) },
      '',
      secretOf(ACCOUNT),
    ],
  ];
  testCases(cases);
});

describe('NotPrincipal', () => {
  const layers = [ROOT_ARN, ROLE, SESSION];
  const cases: Case[] = [
    [
      'exempts a session whose account, role and session are listed',
      { identity: [allows], resource: denyOthers({ AWS: layers }) },
      '',
    ],
    ...layers.map((left): Case => [
      `denies when ${left} is not listed`,
      { identity: [allows], resource: denyOthers({ AWS: layers.filter((arn) => arn !== left) }) },
      DENY_RESOURCE,
    ]),
    [
      'denies a role with a boundary even when everything is listed',
      { identity: [allows], boundary: allows, resource: denyOthers({ AWS: layers }) },
      DENY_RESOURCE,
    ],
    [
      'exempts the account itself',
      { identity: [], resource: denyOthers({ AWS: ROOT_ARN }) },
      '',
      { principal: root },
    ],
    [
      'denies the account itself when it is not listed',
      { identity: [], resource: denyOthers({ AWS: ROLE }) },
      DENY_RESOURCE,
      { principal: root },
    ],
    [
      'denies anonymous callers',
      { identity: [], resource: denyOthers({ AWS: layers }) },
      DENY_RESOURCE,
      { principal: anonymous },
    ],
    [
      'denies services that are not listed',
      { identity: [], resource: denyOthers({ Service: 'sns.amazonaws.com' }) },
      DENY_RESOURCE,
      { principal: lambda },
    ],
    [
      'exempts a listed service and grants nothing',
      { identity: [], resource: denyOthers({ Service: 'lambda.amazonaws.com' }) },
      NO_RESOURCE,
      { principal: lambda },
    ],
    ['exempts everyone', { identity: [allows], resource: denyOthers('*') }, ''],
  ];
  testCases(cases);
});
