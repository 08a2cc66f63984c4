import { describe } from 'vitest';
import type { PrincipalBlock, Statement } from 'taskbound-iam/policy';
import type { Case } from './cases.ts';
import { unrelated, allowTo, DENY_IDENTITY, testCases } from './cases.ts';
import { ACCOUNT, ROLE, ROOT_ARN, identityOnly, lambda, named } from './support.ts';

describe('an action on a role or a key needs an allow in the resource policy', () => {
  const target = `arn:aws:iam::${ACCOUNT}:role/Task`;
  const assume = { action: 'sts:AssumeRole', resource: target };
  const may = named('p', { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: target });
  const trust = (Principal: PrincipalBlock, Effect: Statement['Effect'] = 'Allow') =>
    named('p', { Effect, Principal, Action: 'sts:AssumeRole' });
  const key = { action: 'kms:Sign', resource: `arn:aws:kms:eu-central-1:${ACCOUNT}:key/0` };
  const sign = named('p', { Effect: 'Allow', Action: 'kms:Sign', Resource: '*' });
  const keyPolicy = (Principal: PrincipalBlock) =>
    allowTo(Principal, { Effect: 'Allow', Action: 'kms:*', Resource: '*' });
  const NO_TRUST = 'because no role trust policy allows the sts:AssumeRole action';
  const cases: Case[] = [
    ['trusted by role, no identity allow', { identity: [], resource: trust({ AWS: ROLE }) }, '', assume],
    [
      'trusted by role, identity denies',
      {
        identity: [named('p', { Effect: 'Deny', Action: 'sts:*', Resource: '*' })],
        resource: trust({ AWS: ROLE }),
      },
      DENY_IDENTITY,
      assume,
    ],
    [
      'trusted by role, no allow in the boundary',
      { identity: [], boundary: unrelated, resource: trust({ AWS: ROLE }) },
      'because no permissions boundary allows the sts:AssumeRole action',
      assume,
    ],
    [
      'trusted by account, no identity allow',
      { identity: [], resource: trust({ AWS: ROOT_ARN }) },
      'because no identity-based policy allows the sts:AssumeRole action',
      assume,
    ],
    [
      'trusted by account, identity allows',
      { identity: [may], resource: trust({ AWS: ROOT_ARN }) },
      '',
      assume,
    ],
    [
      'identity allows, another role is trusted',
      { identity: [may], resource: trust({ AWS: `${ROLE}2` }) },
      NO_TRUST,
      assume,
    ],
    ['identity allows, no trust policy', { identity: [may] }, NO_TRUST, assume],
    [
      'identity allows, an identity provider is trusted',
      {
        identity: [may],
        resource: trust({
          Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
        }),
      },
      NO_TRUST,
      assume,
    ],
    [
      'identity allows, a service is trusted',
      { identity: [may], resource: trust({ Service: 'lambda.amazonaws.com' }) },
      NO_TRUST,
      assume,
    ],
    [
      'the trust policy denies',
      { identity: [may], resource: trust({ AWS: ROLE }, 'Deny') },
      'with an explicit deny in the role trust policy',
      assume,
    ],
    [
      'the trusted service',
      { identity: [], resource: trust({ Service: 'lambda.amazonaws.com' }) },
      '',
      { ...assume, principal: lambda },
    ],
    [
      'an STS action without a role',
      identityOnly({ Effect: 'Allow', Action: 'sts:*', Resource: '*' }),
      '',
      { action: 'sts:GetCallerIdentity', resource: '*' },
    ],
    [
      'a key without a policy that allows',
      { identity: [sign] },
      'because no resource-based policy allows the kms:Sign action',
      key,
    ],
    [
      'a key that delegates to the account, identity allows',
      { identity: [sign], resource: keyPolicy({ AWS: ROOT_ARN }) },
      '',
      key,
    ],
    [
      'a key that leaves it to the account, no allow in the identity policy',
      { identity: [], resource: keyPolicy({ AWS: ROOT_ARN }) },
      'because no identity-based policy allows the kms:Sign action',
      key,
    ],
    ['a key that names the role', { identity: [], resource: keyPolicy({ AWS: ROLE }) }, '', key],
  ];
  testCases(cases);
});
