import type { PolicyDocument } from 'taskbound-iam/policy';

/** Denies everything to sessions with this source identity, which cannot be changed: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html */
export const denyPolicy = (boundaryId: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceIdentity': boundaryId } },
    },
  ],
});
