import { describe, expect, it } from 'vitest';
import { taskTypeConfig } from '../../core/task-type.ts';
import { listOf, ofType, sampleResources, textOf, type Resource } from './sample.ts';

const resources = sampleResources();

interface Found {
  readonly where: string;
  readonly statement: Readonly<Record<string, unknown>>;
}

const statementsOf = (where: string, document: unknown): Found[] =>
  (document as { Statement: Record<string, unknown>[] }).Statement.map((statement) => ({ where, statement }));

/** Every statement of every policy in the template, with the logical id of what it stands in. */
function everyStatement(): Found[] {
  const documents = ['PolicyDocument', 'AssumeRolePolicyDocument', 'KeyPolicy'];
  return Object.entries(resources).flatMap(([id, { Properties }]) =>
    documents.flatMap((name) => (Properties[name] === undefined ? [] : statementsOf(id, Properties[name]))),
  );
}

const XRAY = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];
const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const RECORDS = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:PutItem', 'dynamodb:Query'];
const MAKE_SECRETS = [
  'CreateSecret',
  'DeleteSecret',
  'DescribeSecret',
  'PutResourcePolicy',
  'PutSecretValue',
].map((action) => `secretsmanager:${action}`);
const FUNCTION = [...LOGS, ...XRAY];

/** What each role may do, to the action. */
const ACTIONS: readonly (readonly [role: string, actions: readonly string[]])[] = [
  ['BoundaryControlSubmitRole', [...FUNCTION, ...RECORDS, 'ssm:GetParameter', 'states:StartExecution']],
  ['BoundaryControlAdmitRole', [...FUNCTION, ...RECORDS, 'ssm:GetParameter']],
  ['BoundaryControlIssueSecretRole', [...FUNCTION, ...RECORDS, ...MAKE_SECRETS]],
  [
    'BoundaryControlIssueIdentityRole',
    [
      ...FUNCTION,
      ...RECORDS,
      ...MAKE_SECRETS,
      'ssm:GetParameter',
      'sts:AssumeRole',
      'sts:SetSourceIdentity',
      'sts:TagSession',
    ],
  ],
  [
    'BoundaryControlRevokeAndRecordRole',
    [
      ...FUNCTION,
      ...RECORDS,
      'iam:PutRolePolicy',
      'secretsmanager:DeleteSecret',
      'secretsmanager:DescribeSecret',
    ],
  ],
  [
    'BoundaryControlProveRevokedRole',
    [...FUNCTION, ...RECORDS, 'secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue'],
  ],
  [
    'BoundaryControlCloseBoundaryRole',
    [...FUNCTION, ...RECORDS, 'secretsmanager:DeleteSecret', 'secretsmanager:DescribeSecret'],
  ],
  ['ObjectTransferWorkRole', [...FUNCTION, 'secretsmanager:GetSecretValue']],
  [
    'ObjectTransferWorkflowRole',
    [
      ...XRAY,
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'lambda:InvokeFunction',
      ...[
        'CreateLogDelivery',
        'GetLogDelivery',
        'UpdateLogDelivery',
        'DeleteLogDelivery',
        'ListLogDeliveries',
      ].map((action) => `logs:${action}`),
      ...['PutResourcePolicy', 'DescribeResourcePolicies', 'DescribeLogGroups'].map(
        (action) => `logs:${action}`,
      ),
    ],
  ],
  [
    'RequestersRole',
    [
      'dynamodb:GetItem',
      'dynamodb:Query',
      'dynamodb:Query',
      'lambda:InvokeFunction',
      'lambda:InvokeFunctionUrl',
      'ssm:GetParameter',
      'states:DescribeExecution',
      'states:GetExecutionHistory',
    ],
  ],
];

describe('roles', () => {
  const policies = ofType(resources, 'AWS::IAM::Policy');

  it.each(ACTIONS)('%s may do exactly what is listed', (role, expected) => {
    const own = policies.filter(([id]) => id.startsWith(`${role}DefaultPolicy`));
    expect(own).toHaveLength(1);
    const statements = own.flatMap(([id, policy]) => statementsOf(id, policy.Properties['PolicyDocument']));
    expect(statements.every(({ statement }) => statement['Effect'] === 'Allow')).toBe(true);
    expect(statements.flatMap(({ statement }) => listOf(statement['Action'])).sort()).toEqual(
      [...expected].sort(),
    );
  });

  it('are all listed', () => {
    expect(policies).toHaveLength(ACTIONS.length);
    // Besides those: the task role, which has its ceiling and no policy of its own.
    expect(ofType(resources, 'AWS::IAM::Role')).toHaveLength(ACTIONS.length + 1);
  });

  it('have no policy of AWS’s own', () => {
    const attached = ofType(resources, 'AWS::IAM::Role').flatMap(([, role]) =>
      listOf(role.Properties['ManagedPolicyArns']).map(textOf),
    );
    expect(attached).toEqual([expect.stringMatching(/^<ObjectTransferTaskCeilingPolicy/)]);
  });

  it('deny a task only where its role still carries the ceiling', () => {
    const [found] = everyStatement().filter(({ statement }) => statement['Action'] === 'iam:PutRolePolicy');
    expect(found?.statement['Condition']).toEqual({
      StringEquals: {
        'iam:PermissionsBoundary': { Ref: expect.stringMatching(/^ObjectTransferTaskCeilingPolicy/) },
      },
    });
  });

  it('call submit through its URL only: a direct call could forge the caller', () => {
    const calls = everyStatement()
      .filter(({ where }) => where.startsWith('RequestersRole'))
      .map(({ statement }) => statement);
    expect(calls.find((call) => call['Action'] === 'lambda:InvokeFunction')?.['Condition']).toEqual({
      Bool: { 'lambda:InvokedViaFunctionUrl': true },
    });
  });
});

describe('the task role', () => {
  const [role] = ofType(resources, 'AWS::IAM::Role').filter(([id]) =>
    id.startsWith('ObjectTransferTaskRole'),
  );
  const issuer = {
    AWS: { 'Fn::GetAtt': [expect.stringMatching(/^BoundaryControlIssueIdentityRole/), 'Arn'] },
  };

  it('trusts IssueIdentity alone, and demands one name everywhere', () => {
    const tag = 'aws:RequestTag/taskbound:Boundary';
    expect(role?.[1].Properties['AssumeRolePolicyDocument']).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: issuer,
          Condition: {
            StringLike: { 'sts:RoleSessionName': 'object-transfer.*' },
            StringEquals: { [tag]: '${sts:RoleSessionName}', 'sts:SourceIdentity': '${sts:RoleSessionName}' },
          },
        },
        {
          Sid: 'NameTheSession',
          Action: 'sts:SetSourceIdentity',
          Effect: 'Allow',
          Principal: issuer,
          Condition: { StringLike: { 'sts:SourceIdentity': 'object-transfer.*' } },
        },
        {
          Sid: 'TagTheSession',
          Action: 'sts:TagSession',
          Effect: 'Allow',
          Principal: issuer,
          Condition: {
            StringLike: { [tag]: 'object-transfer.*' },
            'ForAllValues:StringEquals': { 'aws:TagKeys': ['taskbound:Boundary'] },
            Null: { 'aws:TagKeys': 'false' },
          },
        },
      ],
    });
  });

  it('has its ceiling as policy and as boundary', () => {
    expect(role?.[1].Properties['ManagedPolicyArns']).toEqual([role?.[1].Properties['PermissionsBoundary']]);
  });

  it('is denied everything outside the ceiling’s resources', () => {
    const [ceiling] = ofType(resources, 'AWS::IAM::ManagedPolicy');
    const statements = statementsOf('', ceiling?.[1].Properties['PolicyDocument']).map(
      ({ statement }) => statement,
    );
    const allowed = statements.filter((statement) => statement['Effect'] === 'Allow');
    expect(allowed.map((statement) => statement['Sid'])).toEqual([
      'readSource',
      'writeDestination',
      'writeReceipt',
      'TaskboundSecrets',
      'TaskboundCanary',
    ]);
    expect(statements.at(-1)).toEqual({
      Sid: 'TaskboundNothingElse',
      Effect: 'Deny',
      Action: '*',
      NotResource: allowed.flatMap((statement) => listOf(statement['Resource'])),
    });
  });
});

/** Every `*` and `?` of a policy, where it stands, and why. cdk-nag demands the same at synth of Allow statements on roles. */
const OPEN: readonly (readonly [where: RegExp, text: RegExp, because: string])[] = [
  [/^(Source|Destination)Policy/, /^s3:\*$/, 'A Deny: no action is allowed without TLS.'],
  [/^(Source|Destination)Policy/, /^\*$/, 'A Deny: to nobody.'],
  [
    /^(Source|Destination)Policy/,
    /^<(Source|Destination)\w+\.Arn>\/\*$/,
    'A Deny: on no object of the bucket.',
  ],
  [/^ObjectTransferTaskCeiling/, /^\*$/, 'A Deny: on whatever is outside the ceiling.'],
  [
    /^ObjectTransferTaskCeiling/,
    /^<(Source|Destination)\w+\.Arn>\/\*(\.receipt\.json)?$/,
    'The parameter left open; the session policy fills it.',
  ],
  [
    /^ObjectTransferTaskCeiling/,
    /:secret:taskbound\/Taskbound\/object-transfer\/\*/,
    'The type’s secrets are named after tasks.',
  ],
  [/^ObjectTransferTaskRole/, /^object-transfer\.\*$/, 'A session is named after its task.'],
  [
    /^ObjectTransferWorkRole/,
    /\/object-transfer\/\*\/session-\?{6}$/,
    'Session secrets are named after tasks.',
  ],
  [
    /^ObjectTransferWorkflowRole/,
    /^<\w+Function\w+\.Arn>:\*$/,
    'Every version: an execution outlives a deploy.',
  ],
  [/^ObjectTransferWorkflowRole/, /^\*$/, 'Log delivery and X-Ray have no resources.'],
  [/^BoundaryControl\w+Role|^ObjectTransferWorkRole/, /^\*$/, 'X-Ray has no resources.'],
  [
    /^BoundaryControl(Submit|Admit|IssueIdentity)Role/,
    /:parameter\/taskbound\/Taskbound\/types\/\*$/,
    'Types are declared after the boundary.',
  ],
  [
    /^BoundaryControl(IssueSecret|RevokeAndRecord|ProveRevoked)Role/,
    /:secret:taskbound\/Taskbound\/\*$/,
    'Secrets are named after tasks.',
  ],
  [
    /^BoundaryControl(IssueIdentity|ProveRevoked|CloseBoundary)Role/,
    /:secret:taskbound\/Taskbound\/\*\/session(-\?{6})?$/,
    'Session secrets are named after tasks.',
  ],
  [/^RequestersRole/, /:execution:<\w+\.Name>:\*$/, 'Executions are named after tasks.'],
];

describe('every * in a policy', () => {
  const textsIn = (value: unknown): string[] => {
    if (typeof value !== 'object' || value === null) return [String(value)];
    if (Array.isArray(value)) return value.flatMap(textsIn);
    return Object.keys(value).some((key) => /^(Fn::|Ref$)/.test(key))
      ? [textOf(value)]
      : Object.values(value).flatMap(textsIn);
  };
  const open = everyStatement().flatMap(({ where, statement }) =>
    textsIn(statement)
      .filter((text) => /[*?]/.test(text))
      .map((text) => [where, text] as const),
  );

  it.each(open)('%s: %s has a reason', (where, text) => {
    expect(OPEN.some(([place, pattern]) => place.test(where) && pattern.test(text))).toBe(true);
  });

  it('that has a reason is there', () => {
    const idle = OPEN.filter(
      ([place, pattern]) => !open.some(([where, text]) => place.test(where) && pattern.test(text)),
    );
    expect(idle).toEqual([]);
  });
});

describe('functions', () => {
  const functions = ofType(resources, 'AWS::Lambda::Function');

  it.each(functions)(
    '%s is traced, logs JSON into a group of its own, and runs Node 24 on arm64',
    (_id, fn: Resource) => {
      expect(fn.Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.stringMatching(/Logs/) } },
      });
    },
  );

  it('share no role and no log group', () => {
    const distinct = (pick: (fn: Resource) => unknown) =>
      new Set(functions.map(([, fn]) => JSON.stringify(pick(fn)))).size;
    expect(distinct((fn) => fn.Properties['Role'])).toBe(functions.length);
    expect(distinct((fn) => fn.Properties['LoggingConfig'])).toBe(functions.length);
  });

  it('keep their logs for a year', () => {
    for (const [, group] of ofType(resources, 'AWS::Logs::LogGroup'))
      expect(group.Properties['RetentionInDays']).toBe(365);
  });

  it('keep their versions', () => {
    const kept = ofType(resources, 'AWS::Lambda::Version').map(([, version]) => version.DeletionPolicy);
    expect(kept).toEqual(Array.from({ length: 7 }, () => 'Retain'));
  });

  it('show submit to signed callers only', () => {
    expect(ofType(resources, 'AWS::Lambda::Url').map(([, url]) => url.Properties['AuthType'])).toEqual([
      'AWS_IAM',
    ]);
    expect(ofType(resources, 'AWS::Lambda::Permission')).toEqual([]);
  });
});

describe('tables', () => {
  it.each(ofType(resources, 'AWS::DynamoDB::Table'))(
    '%s is kept, recoverable and paid by use',
    (_id, table) => {
      expect(table).toMatchObject({
        DeletionPolicy: 'Retain',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      });
    },
  );
});

describe('the configuration of a type', () => {
  const [parameter] = ofType(resources, 'AWS::SSM::Parameter');
  const text = textOf(parameter?.[1].Properties['Value']);

  it('is what the functions parse, with the submitters', () => {
    const config = taskTypeConfig.parse(JSON.parse(text));
    expect(parameter?.[1].Properties['Name']).toBe('/taskbound/Taskbound/types/object-transfer');
    expect(config.tools.map((tool) => tool.resources)).toEqual([
      [expect.stringMatching(/^<Source\w+\.Arn>\/\{sourceKey\}$/)],
      [expect.stringMatching(/^<Destination\w+\.Arn>\/\{destinationKey\}$/)],
      [expect.stringMatching(/^<Destination\w+\.Arn>\/\{destinationKey\}\.receipt\.json$/)],
    ]);
    expect(config.submitterRoleArns).toEqual([expect.stringMatching(/^<RequestersRole\w+\.Arn>$/)]);
    expect(config.leaseSeconds).toBe(120);
  });
});
