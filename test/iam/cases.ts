/** Parts of the decision tables: small policies, and the ends of AWS's messages. */
import { expect, it } from 'vitest';
import { decide } from 'taskbound-iam/evaluate';
import { denialReason } from 'taskbound-iam/explain';
import type { AccessRequest, PolicySet, PrincipalBlock, Statement } from 'taskbound-iam/policy';
import { allow, deny, named, other, request } from './support.ts';

export const allows = named('p', allow);
export const denies = named('p', deny);
export const unrelated = named('p', other);
export const allowTo = (Principal: PrincipalBlock, statement: Statement = allow) =>
  named('p', { ...statement, Principal });
export const denyOthers = (NotPrincipal: PrincipalBlock) => named('p', { ...deny, NotPrincipal });

export const NO_IDENTITY = 'because no identity-based policy allows the s3:GetObject action';
export const NO_BOUNDARY = 'because no permissions boundary allows the s3:GetObject action';
export const NO_SESSION = 'because no session policy allows the s3:GetObject action';
export const NO_RESOURCE = 'because no resource-based policy allows the s3:GetObject action';
export const DENY_IDENTITY = 'with an explicit deny in an identity-based policy';
export const DENY_BOUNDARY = 'with an explicit deny in a permissions boundary';
export const DENY_SESSION = 'with an explicit deny in a session policy';
export const DENY_RESOURCE = 'with an explicit deny in a resource-based policy';

/** Test title, policies, the end of the denial message (empty if allowed), and changes to the request. */
export type Case = readonly [string, PolicySet, string, Partial<AccessRequest>?];

export function outcome(policies: PolicySet, change: Partial<AccessRequest> = {}) {
  const asked = request(change);
  return denialReason(decide(asked, policies), asked.action);
}

export function testCases(cases: readonly Case[]): void {
  for (const [sentence, policies, expected, change] of cases)
    it(sentence, () => expect(outcome(policies, change)).toBe(expected));
}

export const NO_RESOURCE_SECRET =
  'because no resource-based policy allows the secretsmanager:GetSecretValue action';
export const NO_IDENTITY_SECRET =
  'because no identity-based policy allows the secretsmanager:GetSecretValue action';
export function allSecrets() {
  return named('p', { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' });
}
export function anySecret(principal: string) {
  return allowTo(
    { AWS: principal },
    { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: '*' },
  );
}
export function secretOf(account: string) {
  return {
    action: 'secretsmanager:GetSecretValue',
    resource: `arn:aws:secretsmanager:eu-central-1:${account}:secret:s-AbCdEf`,
  };
}
