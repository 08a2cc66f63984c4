import { describe, expect, it } from 'vitest';
import type { PrincipalBlock, Statement } from 'taskbound-iam/policy';
import type { Case } from './cases.ts';
import {
  yes,
  no,
  silent,
  to,
  toOthers,
  NO_IDENTITY,
  NO_BOUNDARY,
  NO_SESSION,
  NO_RESOURCE,
  DENY_IDENTITY,
  DENY_BOUNDARY,
  DENY_SESSION,
  DENY_RESOURCE,
  outcome,
  table,
  NO_RESOURCE_SECRET,
  NO_IDENTITY_SECRET,
  allSecrets,
  anySecret,
  secretOf,
} from './cases.ts';
import { ACCOUNT, ROLE, ROOT_ARN, SESSION, allow, deny, lambda, named, root, stranger } from './support.ts';

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

  it.each(principals)('naming %s, with nothing else', (name, principal) =>
    expect(outcome({ identity: [], resource: to(principal) })).toBe(
      direct.has(name) || name === 'the role' ? '' : NO_IDENTITY,
    ),
  );

  it.each(principals)('naming %s, boundary silent', (name, principal) =>
    expect(outcome({ identity: [yes], boundary: silent, resource: to(principal) })).toBe(
      direct.has(name) ? '' : NO_BOUNDARY,
    ),
  );

  it.each(principals)('naming %s, session policy silent', (name, principal) =>
    expect(outcome({ identity: [yes], session: silent, resource: to(principal) })).toBe(
      direct.has(name) ? '' : NO_SESSION,
    ),
  );

  it.each(principals)('naming %s, boundary and session policy allow, identity silent', (name, principal) =>
    expect(outcome({ identity: [silent], boundary: yes, session: yes, resource: to(principal) })).toBe(
      direct.has(name) || name === 'the role' ? '' : NO_IDENTITY,
    ),
  );

  it.each(principals)('naming %s, each other kind denies', (_name, principal) => {
    const resource = to(principal);
    expect(outcome({ identity: [no], resource })).toBe(DENY_IDENTITY);
    expect(outcome({ identity: [yes], boundary: no, resource })).toBe(DENY_BOUNDARY);
    expect(outcome({ identity: [yes], session: no, resource })).toBe(DENY_SESSION);
  });

  it.each(principals)('denying %s', (name, principal) => {
    const meant = direct.has(name) || ['the role', 'the account', 'the account by its id'].includes(name);
    expect(outcome({ identity: [yes], resource: to(principal, deny) })).toBe(meant ? DENY_RESOURCE : '');
  });

  const open: Statement = {
    ...allow,
    Principal: '*',
    Condition: { ArnEquals: { 'aws:PrincipalArn': ROLE } },
  };
  const cases: Case[] = [
    [
      'open to everyone who is the role: not cut by boundary and session policy',
      { identity: [], boundary: silent, session: silent, resource: named('p', open) },
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
      { identity: [], session: silent, resource: to({ AWS: [ROOT_ARN, SESSION] }) },
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
      'a resource in another account, resource policy that names the role only',
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
  table(cases);
});

describe('NotPrincipal', () => {
  const layers = [ROOT_ARN, ROLE, SESSION];
  const cases: Case[] = [
    [
      'spares a session whose every layer is listed',
      { identity: [yes], resource: toOthers({ AWS: layers }) },
      '',
    ],
    ...layers.map((left): Case => [
      `denies when ${left} is not listed`,
      { identity: [yes], resource: toOthers({ AWS: layers.filter((arn) => arn !== left) }) },
      DENY_RESOURCE,
    ]),
    [
      'denies a bounded role whatever is listed',
      { identity: [yes], boundary: yes, resource: toOthers({ AWS: layers }) },
      DENY_RESOURCE,
    ],
    [
      'spares the account itself',
      { identity: [], resource: toOthers({ AWS: ROOT_ARN }) },
      '',
      { principal: root },
    ],
    [
      'denies the account itself when it is not listed',
      { identity: [], resource: toOthers({ AWS: ROLE }) },
      DENY_RESOURCE,
      { principal: root },
    ],
    [
      'denies strangers',
      { identity: [], resource: toOthers({ AWS: layers }) },
      DENY_RESOURCE,
      { principal: stranger },
    ],
    [
      'denies services that are not listed',
      { identity: [], resource: toOthers({ Service: 'sns.amazonaws.com' }) },
      DENY_RESOURCE,
      { principal: lambda },
    ],
    [
      'spares a listed service, and grants nothing',
      { identity: [], resource: toOthers({ Service: 'lambda.amazonaws.com' }) },
      NO_RESOURCE,
      { principal: lambda },
    ],
    ['spares everyone', { identity: [yes], resource: toOthers('*') }, ''],
  ];
  table(cases);
});
