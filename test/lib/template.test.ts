import { describe, expect, it } from 'vitest';
import { DRAIN_KEY, RECONCILE_EVERY_MS, SUBMIT_TIMEOUT_SECONDS } from '../../core/operations/drain.ts';
import { App, Stack } from 'aws-cdk-lib';
import { RUN_MAX_AGE_MS } from '../../core/schedules/schedule.ts';
import { taskTypeConfig } from '../../core/task-types/task-type.ts';
import { BoundedTask, TaskBoundary, Tool } from '../../lib/index.ts';
import { inlineWork, listOf, ofType, resourcesOf, sampleResources, textOf, type Resource } from './sample.ts';
import { statementsIn, statementsOf } from './statements.ts';

const resources = sampleResources();
const TYPES = ['ObjectTransfer', 'DatabaseMaintenance', 'CaseResponse'];

const XRAY = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];
const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const RECORDS = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:PutItem', 'dynamodb:Query'];
const MAKE_SECRETS = ['CreateSecret', 'DeleteSecret', 'PutResourcePolicy', 'PutSecretValue'].map(
  (action) => `secretsmanager:${action}`,
);
/** Reading the admin's password, which the declaration of a type with logins grants. */
const READ_ADMIN = 'secretsmanager:GetSecretValue';
const ASSUME = ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'];
const FOLLOW = ['ssm:GetParameter', 'states:DescribeExecution', 'states:GetExecutionHistory'];
const MANIFEST = 'ssm:GetParameter';
/** `grantRead` of the boundary: a row, three indexes and the evidence, the key, the types, every execution. */
const READ = [
  'dynamodb:GetItem',
  ...Array.from({ length: 4 }, () => 'dynamodb:Query'),
  'kms:GetPublicKey',
  ...FOLLOW,
];
/** The tasks of one type: their configuration, executions, rows and evidence. */
const TASKS = [...FOLLOW, 'dynamodb:GetItem', 'dynamodb:Query'];
const FUNCTION = [...LOGS, ...XRAY];

/** The permissions of a state machine: its functions, its traces, its log delivery. */
const MACHINE = [
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
  ...['PutResourcePolicy', 'DescribeResourcePolicies', 'DescribeLogGroups'].map((action) => `logs:${action}`),
];

const START = ['states:StartExecution'];

/** The URLs of two functions, which may be called only through them, and read access. */
const PEOPLE = [
  MANIFEST,
  'kms:GetPublicKey',
  ...['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl'],
  ...['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl'],
  // For each type.
  ...TASKS,
  ...TASKS,
  ...TASKS,
];

/** The exact actions of each role. */
const ACTIONS: readonly (readonly [role: string, actions: readonly string[]])[] = [
  // For the state machine of each type, here and below.
  ['BoundaryControlSubmitRole', [...FUNCTION, ...RECORDS, 'ssm:GetParameter', ...START, ...START, ...START]],
  // Only for the type that needs approval.
  ['BoundaryControlDecideRole', [...FUNCTION, ...RECORDS, 'ssm:GetParameter', ...START]],
  ['BoundaryControlEndRole', [...FUNCTION, ...RECORDS, 'ssm:GetParameter', ...START, 'states:StopExecution']],
  [
    'BoundaryControlSubmitScheduledRole',
    [...FUNCTION, ...RECORDS, 'sqs:SendMessage', 'ssm:GetParameter', ...START],
  ],
  ['BoundaryControlAdmitRole', [...FUNCTION, ...RECORDS, 'ssm:GetParameter']],
  ['BoundaryControlIssueSecretRole', [...FUNCTION, ...RECORDS, ...MAKE_SECRETS, READ_ADMIN]],
  [
    'BoundaryControlIssueIdentityRole',
    [
      ...FUNCTION,
      ...RECORDS,
      'secretsmanager:CreateSecret',
      'secretsmanager:PutResourcePolicy',
      'secretsmanager:PutSecretValue',
      'ssm:GetParameter',
      ...ASSUME,
      ...ASSUME,
      ...ASSUME,
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
      READ_ADMIN,
    ],
  ],
  [
    'BoundaryControlProveRevokedRole',
    [...FUNCTION, ...RECORDS, 'secretsmanager:DescribeSecret', 'secretsmanager:GetSecretValue', READ_ADMIN],
  ],
  [
    'BoundaryControlCloseBoundaryRole',
    [
      ...FUNCTION,
      ...RECORDS,
      'events:PutEvents',
      'kms:GetPublicKey',
      'kms:Sign',
      'secretsmanager:DeleteSecret',
    ],
  ],
  [
    'BoundaryControlReconcileRole',
    [
      ...FUNCTION,
      ...RECORDS,
      'dynamodb:Query',
      'events:PutEvents',
      'iam:DeleteRolePolicy',
      'iam:ListRolePolicies',
      'iam:ListRoles',
      'secretsmanager:DeleteSecret',
      'secretsmanager:ListSecrets',
      READ_ADMIN,
      'states:DescribeExecution',
      'states:StartExecution',
      'states:StartExecution',
      'states:StartExecution',
      'states:StartExecution',
    ],
  ],
  ['BoundaryControlTeardownRole', MACHINE],
  ['BoundaryReconcilerScheduleRole', ['lambda:InvokeFunction', 'sqs:SendMessage']],
  ['ObjectTransferNightlyRole', ['lambda:InvokeFunction', 'sqs:SendMessage']],
  ['ObjectTransferWorkRole', [...FUNCTION, 'secretsmanager:GetSecretValue']],
  ['ObjectTransferWorkflowRole', MACHINE],
  ['DatabaseMaintenanceWorkRole', [...FUNCTION, 'secretsmanager:GetSecretValue']],
  ['DatabaseMaintenanceWorkflowRole', MACHINE],
  ['CaseResponseWorkRole', [...FUNCTION, 'secretsmanager:GetSecretValue']],
  ['CaseResponseWorkflowRole', MACHINE],
  ['Operators', [MANIFEST, ...READ, 'dynamodb:DeleteItem', 'dynamodb:PutItem', 'states:StopExecution']],
  ['Requesters', PEOPLE],
  ['Approvers', PEOPLE],
];

describe('roles', () => {
  const policies = ofType(resources, 'AWS::IAM::Policy');

  it.each(ACTIONS)('%s has exactly the listed actions', (role, expected) => {
    // The name of a state machine's role also contains a hash of the functions that it may call.
    const named = new RegExp(`^${role}([0-9a-f]{8})?DefaultPolicy`);
    const own = policies.filter(([id]) => named.test(id));
    expect(own).toHaveLength(1);
    const statements = own.flatMap(([id, policy]) => statementsOf(id, policy.Properties['PolicyDocument']));
    expect(statements.every(({ statement }) => statement['Effect'] === 'Allow')).toBe(true);
    expect(statements.flatMap(({ statement }) => listOf(statement['Action'])).sort()).toEqual(
      [...expected].sort(),
    );
  });

  it('are all listed', () => {
    expect(policies).toHaveLength(ACTIONS.length);
    // The task roles are not listed: they have their ceilings and no other policy.
    expect(ofType(resources, 'AWS::IAM::Role')).toHaveLength(ACTIONS.length + TYPES.length);
  });

  it('have no AWS managed policy', () => {
    const attached = ofType(resources, 'AWS::IAM::Role').flatMap(([, role]) =>
      listOf(role.Properties['ManagedPolicyArns']).map(textOf),
    );
    expect(attached).toEqual(
      TYPES.map((type) => expect.stringMatching(new RegExp(`^<${type}TaskCeilingPolicy`))),
    );
  });

  it.each(['iam:PutRolePolicy', 'iam:DeleteRolePolicy'])(
    'have %s only for task roles of the stack that have one of its ceilings',
    (action) => {
      const found = statementsIn(resources).filter(({ statement }) => statement['Action'] === action);
      expect(found).toHaveLength(1);
      expect(textOf(found[0]?.statement['Resource'])).toMatch(/:role\/taskbound\/Taskbound\/\*$/);
      const condition = found[0]?.statement['Condition'] as Record<string, Record<string, unknown>>;
      expect(Object.keys(condition)).toEqual(['StringLike']);
      expect(textOf(condition['StringLike']?.['iam:PermissionsBoundary'])).toMatch(
        /:policy\/taskbound\/Taskbound\/\*$/,
      );
    },
  );

  it('may put events only with the source taskbound, on the default bus', () => {
    const found = statementsIn(resources).filter(
      ({ statement }) => statement['Action'] === 'events:PutEvents',
    );
    expect(found).toHaveLength(2);
    for (const { statement } of found) {
      expect(textOf(statement['Resource'])).toMatch(/:event-bus\/default$/);
      expect(statement['Condition']).toEqual({ StringEquals: { 'events:source': 'taskbound' } });
    }
  });

  it('do not have dynamodb:DeleteItem, except Operators for the drain marker', () => {
    const found = statementsIn(resources).filter(({ statement }) =>
      listOf(statement['Action']).includes('dynamodb:DeleteItem'),
    );
    expect(found).toEqual([
      {
        where: expect.stringMatching(/^OperatorsDefaultPolicy/),
        statement: {
          Effect: 'Allow',
          Action: ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
          Resource: { 'Fn::GetAtt': [expect.stringMatching(/^BoundaryRecordsLedger/), 'Arn'] },
          Condition: {
            'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [DRAIN_KEY] },
            Null: { 'dynamodb:LeadingKeys': 'false' },
          },
        },
      },
    ]);
  });

  it('may list roles only under the path of the stack, to find strays', () => {
    const found = (action: string) =>
      statementsIn(resources)
        .filter(({ statement }) => statement['Action'] === action)
        .map(({ where, statement }) => [where.replace(/DefaultPolicy.*/, ''), textOf(statement['Resource'])]);
    const reconcile = /^BoundaryControlReconcileRole/;
    expect(found('iam:ListRoles')).toEqual([
      [expect.stringMatching(reconcile), expect.stringMatching(/:role\/taskbound\/Taskbound\/$/)],
    ]);
    expect(found('iam:ListRolePolicies')).toEqual([
      [expect.stringMatching(reconcile), expect.stringMatching(/:role\/taskbound\/Taskbound\/\*$/)],
    ]);
    expect(found('secretsmanager:ListSecrets')).toEqual([[expect.stringMatching(reconcile), '*']]);
  });

  it('of tasks have that path, and so do their ceilings', () => {
    const paths = (type: string) => ofType(resources, type).map(([, { Properties }]) => Properties['Path']);
    const path = TYPES.map(() => '/taskbound/Taskbound/');
    expect(paths('AWS::IAM::ManagedPolicy')).toEqual(path);
    expect(paths('AWS::IAM::Role').filter((each) => each !== undefined)).toEqual(path);
  });

  it('may call submit only through its URL, because a direct call could forge the caller', () => {
    const calls = statementsIn(resources)
      .filter(({ where }) => where.startsWith('Requesters'))
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

  it('trusts only IssueIdentity, and requires the same name for session, source identity and tag', () => {
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

  it('has its ceiling as its policy and as its permissions boundary', () => {
    expect(role?.[1].Properties['ManagedPolicyArns']).toEqual([role?.[1].Properties['PermissionsBoundary']]);
  });

  it('denies everything outside the ceiling’s resources', () => {
    const [ceiling] = ofType(resources, 'AWS::IAM::ManagedPolicy');
    const statements = statementsOf('', ceiling?.[1].Properties['PolicyDocument']).map(
      ({ statement }) => statement,
    );
    const allowed = statements.filter((statement) => statement['Effect'] === 'Allow');
    expect(allowed.map((statement) => statement['Sid'])).toEqual([
      'readSource',
      'writeDestination',
      // Without writeReceipt: with an open parameter, writeDestination includes it.
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

describe('functions', () => {
  const functions = ofType(resources, 'AWS::Lambda::Function');

  it.each(functions)(
    '%s is traced, logs JSON to its own group, and runs Node 24 on arm64',
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
    expect(kept).toEqual(Array.from({ length: 6 + TYPES.length }, () => 'Retain'));
  });

  it('have URLs that require signed requests', () => {
    expect(ofType(resources, 'AWS::Lambda::Url').map(([, url]) => url.Properties['AuthType'])).toEqual([
      'AWS_IAM',
      'AWS_IAM',
      'AWS_IAM',
    ]);
    // No other resource policy of a function allows a caller, except EventBridge for reconcile, from our rules.
    const permissions = ofType(resources, 'AWS::Lambda::Permission').map(([, { Properties }]) => [
      Properties['Principal'],
      textOf(Properties['FunctionName']).includes('ReconcileFunction'),
      /Ended/.test(textOf(Properties['SourceArn'])),
    ]);
    expect(permissions).toEqual([
      ['events.amazonaws.com', true, true], // for Teardown
      ...TYPES.map(() => ['events.amazonaws.com', true, true]),
    ]);
  });
});

describe('the assumptions of a drain', () => {
  it('are the timeout of submit and the interval of the reconciler', () => {
    const submits = ofType(resources, 'AWS::Lambda::Function').filter(([id]) =>
      /^BoundaryControlSubmit(Scheduled)?Function/.test(id),
    );
    expect(submits.map(([, { Properties }]) => Properties['Timeout'])).toEqual([
      SUBMIT_TIMEOUT_SECONDS,
      SUBMIT_TIMEOUT_SECONDS,
    ]);
    const rates = ofType(resources, 'AWS::Scheduler::Schedule').map(
      ([, schedule]) => schedule.Properties['ScheduleExpression'],
    );
    expect(rates).toContain(`rate(${RECONCILE_EVERY_MS / 60_000} minute)`);
  });
});

describe('the resources that a running execution needs', () => {
  const kept = (type: string) =>
    ofType(resources, type)
      .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
      .map(([id]) => id);
  const stems = [
    ...['Admit', 'CloseBoundary', 'IssueIdentity', 'IssueSecret', 'ProveRevoked', 'RevokeAndRecord'].map(
      (name) => `BoundaryControl${name}`,
    ),
    'CaseResponseWork',
    'DatabaseMaintenanceWork',
    'ObjectTransferWork',
  ];
  const machines = ['BoundaryControlTeardown', ...TYPES.map((type) => `${type}Workflow`)];
  const withoutHash = (id: string) => id.replace(/((Isolated)?Function|Role).*/, '');

  it('are retained when a deploy renames or removes them: functions, state machine roles, and their policies', () => {
    expect(kept('AWS::Lambda::Function').map(withoutHash).sort()).toEqual(stems);
    for (const type of ['AWS::IAM::Role', 'AWS::IAM::Policy'])
      expect(kept(type).map(withoutHash).sort()).toEqual([...stems, ...machines].sort());
  });

  it('do not include the task role, so that tasks of a removed type end', () => {
    expect(kept('AWS::IAM::Role').filter((id) => id.startsWith('ObjectTransferTask'))).toEqual([]);
  });

  it('include the role of a state machine, which gets a new name with new functions', () => {
    const rolesOf = (boundaryId: string) => {
      const stack = new Stack(
        new App({ treeMetadata: false, builtinCloudFormationValidation: false }),
        'Other',
      );
      new BoundedTask(stack, 'Reader', {
        boundary: new TaskBoundary(stack, boundaryId),
        type: 'reader',
        tools: { read: Tool.allow('s3:GetObject').on('arn:aws:s3:::bucket/fixed') },
        work: inlineWork(),
      });
      return Object.keys(resourcesOf(stack)).filter((id) => id.startsWith('ReaderWorkflowRole'));
    };
    expect(rolesOf('One')).toEqual(rolesOf('One'));
    expect(rolesOf('One').filter((id) => rolesOf('Two').includes(id))).toEqual([]);
  });
});

describe('the schedules of reconcile', () => {
  it('run every minute for due rows and every hour for strays, with the same dead letter queue', () => {
    const own = ofType(resources, 'AWS::Scheduler::Schedule').filter(([id]) => /Reconciler/.test(id));
    const schedules = own.map(([, { Properties }]) => {
      const target = Properties['Target'] as Record<string, unknown>;
      return [Properties['ScheduleExpression'], target['Input'], JSON.stringify(target['DeadLetterConfig'])];
    });
    expect(schedules.map(([rate, input]) => [rate, input])).toEqual([
      ['rate(1 minute)', '{}'],
      ['rate(1 hour)', '{"strays":true}'],
    ]);
    expect(new Set(schedules.map(([, , letters]) => letters)).size).toBe(1);
    expect(schedules[0]?.[2]).toContain('DeadLetters');
  });
});

describe('a schedule of a type', () => {
  const [found] = ofType(resources, 'AWS::Scheduler::Schedule').filter(([id]) => /Nightly/.test(id));
  const [missed] = ofType(resources, 'AWS::SQS::Queue').filter(([id]) => /Missed/.test(id));
  const queueArn = { 'Fn::GetAtt': [missed?.[0], 'Arn'] };
  const submit = { 'Fn::GetAtt': [expect.stringMatching(/^BoundaryControlSubmitScheduledFunction/), 'Arn'] };

  it('sends its name and time without parameters, with bounded retries and a queue for missed runs', () => {
    expect(found?.[1].Properties).toMatchObject({
      ScheduleExpression: 'cron(0 4 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: submit,
        Input: JSON.stringify({
          type: 'object-transfer',
          schedule: 'Nightly',
          scheduledTime: '<aws.scheduler.scheduled-time>',
        }),
        DeadLetterConfig: { Arn: queueArn },
        RetryPolicy: { MaximumRetryAttempts: 20, MaximumEventAgeInSeconds: 3600 },
      },
    });
  });

  it('calls asynchronously, with bounded retries of Lambda that end in the same queue', () => {
    const [config] = ofType(resources, 'AWS::Lambda::EventInvokeConfig');
    expect(config?.[1].Properties).toEqual({
      FunctionName: { Ref: expect.stringMatching(/^BoundaryControlSubmitScheduledFunction/) },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 21_600,
      DestinationConfig: { OnFailure: { Destination: queueArn } },
    });
  });

  it('is retried for a shorter time than the maximum age of a run', () => {
    const triedSeconds = 3600 + 21_600;
    expect(triedSeconds * 1000).toBeLessThan(RUN_MAX_AGE_MS / 2);
  });

  it('has a role that only schedules of this stack’s group can assume', () => {
    const [group] = ofType(resources, 'AWS::Scheduler::ScheduleGroup');
    const [role] = ofType(resources, 'AWS::IAM::Role').filter(([id]) => /Nightly/.test(id));
    const trust = role?.[1].Properties['AssumeRolePolicyDocument'] as {
      Statement: Record<string, unknown>[];
    };
    expect(trust.Statement).toEqual([
      {
        Action: 'sts:AssumeRole',
        Effect: 'Allow',
        Principal: { Service: 'scheduler.amazonaws.com' },
        Condition: {
          StringEquals: {
            'aws:SourceAccount': { Ref: 'AWS::AccountId' },
            'aws:SourceArn': { 'Fn::GetAtt': [group?.[0], 'Arn'] },
          },
        },
      },
    ]);
    expect(found?.[1].Properties['GroupName']).toEqual({ Ref: group?.[0] });
  });

  it('has the only role that may call submit-scheduled', () => {
    const callers = statementsIn(resources)
      .filter(
        ({ statement }) =>
          JSON.stringify(statement['Action'] ?? '').includes('lambda:Invoke') &&
          JSON.stringify(statement['Resource'] ?? '').includes('SubmitScheduled'),
      )
      .map(({ where }) => where);
    expect(callers).toEqual([expect.stringMatching(/^ObjectTransferNightlyRole/)]);
  });
});

describe('the admin secret of a database', () => {
  it('can be read only by the functions that create, end and prove logins', () => {
    const readers = statementsIn(resources)
      .filter(({ statement }) => JSON.stringify(statement['Resource'] ?? '').includes('DatabaseAdminSecret'))
      .map(({ where, statement }) => [where.replace(/Role.*/, ''), statement['Action']]);
    expect(readers.sort()).toEqual(
      ['IssueSecret', 'ProveRevoked', 'Reconcile', 'RevokeAndRecord'].map((name) => [
        `BoundaryControl${name}`,
        READ_ADMIN,
      ]),
    );
  });
});

describe('tables', () => {
  it.each(ofType(resources, 'AWS::DynamoDB::Table'))(
    '%s is retained, has point-in-time recovery and is billed on demand',
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

it('the evidence has one sparse index with only keys, which contains only events that can be looked up', () => {
  const [[, table] = []] = ofType(resources, 'AWS::DynamoDB::Table').filter(([id]) => /Evidence/.test(id));
  expect(table?.Properties['GlobalSecondaryIndexes']).toEqual([
    {
      IndexName: 'lookup',
      KeySchema: [
        { AttributeName: 'lookup', KeyType: 'HASH' },
        { AttributeName: 'at', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ]);
});

describe('the configuration of a type', () => {
  const parameter = ofType(resources, 'AWS::SSM::Parameter').find(([id]) => id.startsWith('ObjectTransfer'));
  const text = textOf(parameter?.[1].Properties['Value']);

  it('is in the form that the functions parse, with the submitters', () => {
    const config = taskTypeConfig.parse(JSON.parse(text));
    expect(parameter?.[1].Properties['Name']).toBe('/taskbound/Taskbound/types/object-transfer');
    expect(config.tools.map((tool) => tool.resources)).toEqual([
      [expect.stringMatching(/^<Source\w+\.Arn>\/\{sourceKey\}$/)],
      [expect.stringMatching(/^<Destination\w+\.Arn>\/\{destinationKey\}$/)],
      [expect.stringMatching(/^<Destination\w+\.Arn>\/\{destinationKey\}\.receipt\.json$/)],
    ]);
    expect(config.people.submit.map((role) => ('roleArn' in role ? role.roleArn : role))).toEqual([
      expect.stringMatching(/^<Requesters\w+\.Arn>$/),
    ]);
    expect(config.leaseSeconds).toBe(120);
    expect(config.schedules).toEqual({
      Nightly: {
        arn: expect.stringMatching(/^<ObjectTransferNightlySchedule\w*\.Arn>$/),
        parameters: {
          sourceKey: 'exports/{date:yyyy-MM-dd}.csv',
          destinationKey: 'in/{date:yyyy-MM-dd}.csv',
        },
        expression: 'cron(0 4 * * ? *)',
        timeZone: 'Europe/Berlin',
        reason: 'Run of the schedule Nightly',
      },
    });
  });
});
