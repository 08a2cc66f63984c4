import type {
  AccessRequest,
  NamedPolicy,
  PolicyDocument,
  PolicySet,
  RequestContext,
  RequestPrincipal,
  Statement,
} from 'taskbound-iam/policy';

export const ACCOUNT = '111122223333';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/Worker`;
export const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/Worker/object-transfer.t1`;
export const ROOT_ARN = `arn:aws:iam::${ACCOUNT}:root`;
export const OBJECT = 'arn:aws:s3:::bucket/in/a.csv';

const session: RequestPrincipal = {
  kind: 'role-session',
  accountId: ACCOUNT,
  roleArn: ROLE,
  sessionArn: SESSION,
};
export const root: RequestPrincipal = { kind: 'root', accountId: ACCOUNT };
export const lambda: RequestPrincipal = {
  kind: 'service',
  accountId: ACCOUNT,
  service: 'lambda.amazonaws.com',
};
export const anonymous: RequestPrincipal = { kind: 'anonymous', accountId: '' };

export const document = (...statements: Statement[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: statements,
});
export const named = (name: string, ...statements: Statement[]): NamedPolicy => ({
  name,
  document: document(...statements),
});

export const allow: Statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: OBJECT };
export const deny: Statement = { ...allow, Effect: 'Deny' };
export const other: Statement = { ...allow, Action: 's3:PutObject' };

export const request = (change: Partial<AccessRequest> = {}): AccessRequest => ({
  principal: session,
  action: 's3:GetObject',
  resource: OBJECT,
  context: {},
  ...change,
});

export const identityOnly = (...statements: Statement[]): PolicySet => ({
  identity: [named('identity', ...statements)],
});

/** A request with this context, and identity policies that allow it when the condition holds. */
export const conditional = (Condition: NonNullable<Statement['Condition']>, context: RequestContext) =>
  [request({ context }), identityOnly({ ...allow, Condition })] as const;
