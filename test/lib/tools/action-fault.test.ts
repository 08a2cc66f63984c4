import { describe, expect, it } from 'vitest';
import { actionFault } from '../../../lib/tools/action-fault.ts';
import { FORBIDDEN_ACTIONS } from '../../../lib/tools/forbidden-actions.ts';

/** An action, and words of the reason for which it is refused. */
const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['*', /wildcard/],
  ['s3:*', /wildcard/],
  ['s3:Get*', /wildcard/],
  ['s3:GetObjec?', /wildcard/],
  ['GetObject', /service:Action/],
  ['s3:GetObject ', /service:Action/],
  ['sts:AssumeRole', /sessions/],
  ['STS:assumerole', /service:Action/],
  ['sts:assumerole', /sessions/],
  ['sts:GetFederationToken', /sessions/],
  ['sso:GetRoleCredentials', /sessions/],
  ['iam:PassRole', /identities/],
  ['iam:PutRolePolicy', /identities/],
  ['organizations:CreateAccount', /identities/],
  ['cloudformation:CreateStack', /another role/],
  ['s3:PutBucketPolicy', /policy/],
  ['s3:DeleteBucketPolicy', /policy/],
  ['s3:putbucketpolicy', /policy/],
  ['kms:PutKeyPolicy', /policy/],
  ['secretsmanager:PutResourcePolicy', /policy/],
  ['dynamodb:PutResourcePolicy', /policy/],
  ['ecr:SetRepositoryPolicy', /policy/],
  ['glacier:SetVaultAccessPolicy', /policy/],
  ['lambda:AddPermission', /permission/],
  ['lambda:RemovePermission', /permission/],
  ['sqs:AddPermission', /permission/],
  ['sqs:SetQueueAttributes', /permission/],
  ['sns:AddPermission', /permission/],
  ['sns:SetTopicAttributes', /permission/],
  ['events:PutPermission', /permission/],
  ['lakeformation:GrantPermissions', /permission/],
  ['s3:PutObjectAcl', /opens/],
  ['s3:PutBucketAcl', /opens/],
  ['s3:PutBucketPublicAccessBlock', /opens/],
  ['ec2:ModifySnapshotAttribute', /opens/],
  ['kms:CreateGrant', /key/],
  ['secretsmanager:ReplicateSecretToRegions', /copies/],
  ['s3express:CreateSession', /credentials/],
  ['s3:GetDataAccess', /credentials/],
  ['ecr:GetAuthorizationToken', /credentials/],
  ['codeartifact:GetAuthorizationToken', /credentials/],
  ['redshift:GetClusterCredentialsWithIAM', /credentials/],
  ['rds-db:connect', /connection/],
  ['ssm:StartSession', /connection/],
  ['ec2-instance-connect:SendSSHPublicKey', /connection/],
  ['lambda:UpdateFunctionCode', /code/],
  ['lambda:UpdateFunctionConfiguration', /code/],
  ['lambda:CreateFunctionUrlConfig', /code/],
  ['ssm:StartAutomationExecution', /continues after/],
  ['ssm:SendCommand', /continues after/],
  ['states:StartExecution', /continues after/],
  ['scheduler:CreateSchedule', /continues after/],
  ['codebuild:StartBuild', /continues after/],
  ['ecs:RunTask', /continues after/],
  ['glue:StartJobRun', /continues after/],
  ['ec2:AssociateIamInstanceProfile', /identity/],
  ['ec2:RunInstances', /identity/],
  ['cloudtrail:StopLogging', /record/],
];

describe('a tool is refused with the action', () => {
  it.each(REFUSED)('%s', (action, reason) => {
    expect(actionFault(action)).toMatch(reason);
  });

  it('in every row of the table, of which each has an action in this test', () => {
    const tried = new Set(REFUSED.map(([action]) => actionFault(action)));
    expect(FORBIDDEN_ACTIONS.filter((row) => !tried.has(row.reason))).toEqual([]);
  });
});

describe('a tool is accepted with the action', () => {
  it.each([
    's3:GetObject',
    's3:PutObject',
    's3:AbortMultipartUpload',
    's3:ListBucket',
    's3:PutObjectTagging',
    's3:GetBucketPolicyStatus',
    'dynamodb:PutItem',
    'sqs:SendMessage',
    'sns:Publish',
    'kms:Decrypt',
    'kms:Sign',
    'lambda:InvokeFunction',
    'ses:SendEmail',
    'secretsmanager:GetSecretValue',
    'ssm:GetParameter',
    'bedrock:InvokeModel',
    'rds-data:ExecuteStatement',
    'events:PutEvents',
    'states:StartSyncExecution',
  ])('%s', (action) => {
    expect(actionFault(action)).toBeUndefined();
  });
});
