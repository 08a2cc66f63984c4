import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { DeploymentOptions } from '../boundary/options.ts';
import type { Permission } from '../functions/permission.ts';

/** The key that signs evidence. It never leaves KMS; with its public key anyone can verify bundles without AWS. */
export const evidenceKey = (scope: Construct, options: DeploymentOptions): kms.Key =>
  new kms.Key(scope, 'EvidenceKey', {
    description: 'Signs the evidence of closed boundaries.',
    keySpec: kms.KeySpec.ECC_NIST_P256,
    keyUsage: kms.KeyUsage.SIGN_VERIFY,
    removalPolicy: options.removalPolicy ?? RemovalPolicy.RETAIN,
  });

/**
 * Denies signing to all roles but those that are named after the stack, whatever their own policies allow: any other principal must change
 * a policy first, which CloudTrail records. Within the stack only `close-boundary` has the permission, in its own policy. Its role is not
 * the only exception: a deploy that renames the role retains the old one, whose executions still have to be closed.
 */
export function denySigningOutsideStack(key: kms.Key, role: iam.IRole): void {
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'OnlyThisStackSigns',
      effect: iam.Effect.DENY,
      principals: [new iam.AnyPrincipal()],
      actions: ['kms:Sign'],
      resources: ['*'], // In a key's policy `*` is the key itself.
      conditions: {
        StringNotLike: { 'aws:PrincipalArn': [role.roleArn, rolesOfStack(key)] },
      },
    }),
  );
}

/** Roles that CloudFormation named after the stack. */
const rolesOfStack = (scope: Construct): string =>
  Stack.of(scope).formatArn({
    service: 'iam',
    region: '',
    resource: 'role',
    resourceName: `${Stack.of(scope).stackName}-*`, // CloudFormation adds a random suffix.
  });

/** Signs digests and nothing else. */
export const signEvidence = (key: kms.IKey): Permission[] => [
  {
    sid: 'SignEvidence',
    actions: ['kms:Sign'],
    resources: [key.keyArn],
    conditions: {
      StringEquals: { 'kms:SigningAlgorithm': 'ECDSA_SHA_256', 'kms:MessageType': 'DIGEST' },
    },
  },
  readEvidenceKey(key),
];

export const readEvidenceKey = (key: kms.IKey): Permission => ({
  sid: 'ReadEvidenceKey',
  actions: ['kms:GetPublicKey'],
  resources: [key.keyArn],
});
