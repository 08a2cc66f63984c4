import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import { BOUNDARY_TAG } from '../../core/ids.ts';
import { sessionCredentials, type SessionCredentials } from '../../core/work.ts';

/** The shortest session that STS makes: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html. A shorter lease ends by the policy's deadline. */
const SHORTEST_SESSION_SECONDS = 900;

interface Assume {
  readonly roleArn: string;
  /** Session name, source identity and tag: the trust policy demands that they agree. */
  readonly boundaryId: string;
  readonly policy: string;
  readonly leaseSeconds: number;
}

export async function assumeTaskRole(sts: STSClient, to: Assume): Promise<SessionCredentials> {
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: to.roleArn,
      RoleSessionName: to.boundaryId,
      SourceIdentity: to.boundaryId,
      Tags: [{ Key: BOUNDARY_TAG, Value: to.boundaryId }],
      Policy: to.policy,
      DurationSeconds: Math.max(SHORTEST_SESSION_SECONDS, to.leaseSeconds),
    }),
  );
  return sessionCredentials.parse({
    accessKeyId: Credentials?.AccessKeyId,
    secretAccessKey: Credentials?.SecretAccessKey,
    sessionToken: Credentials?.SessionToken,
    expiration: Credentials?.Expiration?.toISOString(),
  });
}
