/**
 * Actions that no tool may have: they would mint credentials, delegate work to another identity, or rewrite who has access, and so outlive
 * or escape the boundary. Names as in https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html; `*` here stands
 * for any characters, letter case does not count.
 */
interface ForbiddenRow {
  readonly actions: readonly string[];
  readonly reason: string;
}

export const FORBIDDEN_TOOLS: readonly ForbiddenRow[] = [
  {
    reason: 'mints or passes on sessions that the task’s end does not reach',
    actions: [
      'sts:*',
      'sso:*',
      'sso-oauth:*',
      'signin:*',
      'rolesanywhere:*',
      'cognito-identity:*',
      'eks-auth:*',
      'iot:AssumeRoleWithCertificate',
    ],
  },
  {
    reason: 'rewrites identities or what they may do',
    actions: [
      'iam:*',
      'identitystore:*',
      'sso-directory:*',
      'cognito-idp:Admin*',
      'organizations:*',
      'account:*',
      'ram:*',
      'verifiedpermissions:*',
    ],
  },
  {
    reason: 'deploys resources under another role',
    actions: [
      'cloudformation:*',
      'servicecatalog:*',
      'proton:*',
      'amplify:*',
      'apprunner:*',
      'elasticbeanstalk:*',
      'datapipeline:*',
    ],
  },
  {
    reason: 'rewrites a policy that decides access',
    actions: ['*:*Policy', '*:*Policies', '*:PutPolicy*', '*:PutResourcePermission*'],
  },
  {
    reason: 'adds or removes a permission in a resource’s own policy',
    actions: [
      '*:AddPermission*',
      '*:RemovePermission*',
      '*:PutPermission*',
      '*:DeletePermission*',
      '*:GrantPermissions*',
      '*:BatchGrantPermissions*',
      'lambda:AddLayerVersionPermission',
      'sqs:SetQueueAttributes',
      'sns:SetTopicAttributes',
      'apigateway:*',
      'es:UpdateDomainConfig',
      'eks:*AccessEntry',
    ],
  },
  {
    reason: 'opens an object, bucket, snapshot or image to others',
    actions: [
      's3:Put*Acl',
      's3:PutBucketOwnershipControls',
      's3:Put*PublicAccessBlock',
      's3:CreateAccessPoint*',
      's3:*AccessGrant*',
      'ec2:Modify*Attribute',
      'ec2:ResetSnapshotAttribute',
      'rds:ModifyDB*SnapshotAttribute',
      'ssm:ModifyDocumentPermission',
      'redshift:Authorize*',
    ],
  },
  {
    reason: 'delegates the use of a key, or copies it',
    actions: [
      'kms:CreateGrant',
      'kms:RetireGrant',
      'kms:RevokeGrant',
      'kms:ReplicateKey',
      'kms:ScheduleKeyDeletion',
      'secretsmanager:ReplicateSecretToRegions',
    ],
  },
  {
    reason: 'gives out credentials of its own, which live past the deadline',
    actions: [
      's3express:CreateSession',
      's3:GetDataAccess',
      '*:GetAuthorizationToken',
      '*:GetClusterCredentials*',
      'redshift-serverless:GetCredentials',
      'emr-containers:GetManagedEndpointSessionCredentials',
      'elasticmapreduce:GetClusterSessionCredentials',
      'lakeformation:GetTemporary*',
      'lakeformation:GetDataAccess',
      'datazone:Get*Credentials',
      'deadline:Assume*',
      'lightsail:GetInstanceAccessDetails',
      'quicksight:Generate*',
      'codecommit:GitPush',
      'codecommit:GitPull',
    ],
  },
  {
    reason: 'opens a connection that stays open after the credential is refused',
    actions: [
      'rds-db:connect',
      'dsql:DbConnect*',
      'elasticache:Connect',
      'memorydb:Connect',
      'neptune-db:connect',
      'kafka-cluster:Connect',
      'ssm:StartSession',
      'ssm:ResumeSession',
      'ec2-instance-connect:*',
      'ecs:ExecuteCommand',
      'eks:AccessKubernetesApi',
      'workspaces:*',
      'cloudshell:*',
    ],
  },
  {
    reason: 'changes the code or the role that another function runs with',
    actions: [
      'lambda:Create*',
      'lambda:Update*',
      'lambda:PublishLayerVersion',
      'lambda:PutFunctionEventInvokeConfig',
      'lambda:InvokeAsync',
    ],
  },
  {
    reason: 'starts work under another role that goes on after the task',
    actions: [
      'states:StartExecution',
      'states:RedriveExecution',
      'states:Create*',
      'states:Update*',
      'ssm:StartAutomationExecution',
      'ssm:StartChangeRequestExecution',
      'ssm:SendCommand',
      'ssm:CreateAssociation*',
      'ssm:UpdateAssociation*',
      'events:PutRule',
      'events:PutTargets',
      'scheduler:*',
      'pipes:*',
      'codebuild:Start*',
      'codebuild:RetryBuild*',
      'codebuild:Create*',
      'codebuild:Update*',
      'codepipeline:*',
      'codedeploy:Create*',
      'glue:Create*',
      'glue:Update*',
      'glue:Start*',
      'batch:SubmitJob',
      'batch:RegisterJobDefinition',
      'ecs:RunTask',
      'ecs:StartTask',
      'ecs:RegisterTaskDefinition',
      'ecs:CreateService',
      'ecs:UpdateService',
      'sagemaker:Create*',
      'sagemaker:Start*',
      'elasticmapreduce:RunJobFlow',
      'elasticmapreduce:AddJobFlowSteps',
      'emr-serverless:Start*',
      'emr-containers:StartJobRun',
      'imagebuilder:*',
      's3:CreateJob',
      's3:PutReplicationConfiguration',
      'backup:Start*',
      'datasync:*',
      'transfer:*',
    ],
  },
  {
    reason: 'starts or changes a machine that carries its own identity',
    actions: [
      'ec2:RunInstances',
      'ec2:RequestSpot*',
      'ec2:CreateFleet',
      'ec2:*IamInstanceProfile*',
      'ec2:*LaunchTemplate*',
      'autoscaling:Create*',
      'autoscaling:Update*',
      'rds:AddRoleTo*',
    ],
  },
  {
    reason: 'hides what was done from the account’s own record',
    actions: ['cloudtrail:*', 'config:*', 'guardduty:*', 'logs:Delete*', 'logs:PutSubscriptionFilter'],
  },
];

const ACTION = /^[a-z0-9-]+:[A-Za-z0-9]+$/;

/** Why a tool may not have an action; undefined when it may. */
export function refusalOf(action: string): string | undefined {
  if (/[*?]/.test(action))
    return 'a wildcard grants actions that nobody chose, those that AWS adds later included';
  if (!ACTION.test(action)) return 'it is not written as service:Action';
  return FORBIDDEN_TOOLS.find((row) => row.actions.some((pattern) => matches(pattern, action)))?.reason;
}

const matches = (pattern: string, action: string): boolean =>
  new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i').test(action);
