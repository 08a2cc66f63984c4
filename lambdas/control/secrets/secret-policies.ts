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

/** A JIT secret is read by its task's session and by nobody else: a caller without a source identity is not it either. */
export const jitSecretPolicy = (boundaryId: string): PolicyDocument =>
  deny('OnlyThisTask', { 'aws:SourceIdentity': boundaryId });

/** The session secret is read by the type's work role and by prove-revoked. A Deny, never an Allow: no policy of ours allows a session. */
export const sessionSecretPolicy = (readerRoleArns: readonly string[]): PolicyDocument =>
  deny('OnlyWorkAndProof', { 'aws:PrincipalArn': readerRoleArns });
