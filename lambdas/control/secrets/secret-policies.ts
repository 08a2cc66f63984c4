import type { PolicyDocument } from 'taskbound-iam/policy';

const deny = (
  sid: string,
  condition: Readonly<Record<string, string | readonly string[]>>,
): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: sid,
      Effect: 'Deny',
      Principal: '*',
      Action: 'secretsmanager:GetSecretValue',
      Resource: '*', // in a resource policy: this secret
      Condition: { StringNotEquals: condition },
    },
  ],
});

/**
 * Only the task's session can read a JIT secret: the Deny also applies to callers without a source identity.
 */
export const jitSecretPolicy = (boundaryId: string): PolicyDocument =>
  deny('OnlyThisTask', { 'aws:SourceIdentity': boundaryId });

/**
 * Only the type's work role and prove-revoked can read the session secret. A Deny, not an Allow: no resource
 * policy allows a session.
 */
export const sessionSecretPolicy = (readerRoleArns: readonly string[]): PolicyDocument =>
  deny('OnlyWorkAndProof', { 'aws:PrincipalArn': readerRoleArns });
