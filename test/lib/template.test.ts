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
/** The admin's password of a database, by the declaration of the type whose logins it makes. */
const READ_ADMIN = 'secretsmanager:GetSecretValue';
const ASSUME = ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'];
const FOLLOW = ['ssm:GetParameter', 'states:DescribeExecution', 'states:GetExecutionHistory'];
const FUNCTION = [...LOGS, ...XRAY];

/** A state machine: its functions, its traces, its log delivery. */
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

/** Two functions' URLs, by which alone they may be called, and what they read. */
const PEOPLE = [
  'dynamodb:GetItem',
  // Of three indexes, and of the evidence.
  'dynamodb:Query',
  'dynamodb:Query',
  'dynamodb:Query',
  'dynamodb:Query',
  'kms:GetPublicKey',
  ...['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl'],
  ...['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl'],
  // Of each type.
  ...FOLLOW,
  ...FOLLOW,
  ...FOLLOW,
];

/** What each role may do, to the action. */
const ACTIONS: readonly (readonly [role: string, actions: readonly string[]])[] = [
  // Of each type's machine, here and below.
  ['BoundaryControlSubmitRole', [...FUNCTION, ...RECORDS, 'ssm:GetParameter', ...START, ...START, ...START]],
  // Only of the type that needs approval.
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
    [...FUNCTION, ...RECORDS, 'iam:PutRolePolicy', 'secretsmanager:DeleteSecret', READ_ADMIN],
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
  [
    'OperatorsRole',
    [
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:Query',
      'dynamodb:Query',
      'dynamodb:Query',
      'kms:GetPublicKey',
      'states:StopExecution',
    ],
  ],
  ['RequestersRole', PEOPLE],
  ['ApproversRole', PEOPLE],
];

describe('roles', () => {
  const policies = ofType(resources, 'AWS::IAM::Policy');

  it.each(ACTIONS)('%s may do exactly what is listed', (role, expected) => {
    // A machine's role is named after the functions that it may call, too.
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
    // Besides those: the task roles, which have their ceilings and no policy of their own.
    expect(ofType(resources, 'AWS::IAM::Role')).toHaveLength(ACTIONS.length + TYPES.length);
  });

  it('have no policy of AWS’s own', () => {
    const attached = ofType(resources, 'AWS::IAM::Role').flatMap(([, role]) =>
      listOf(role.Properties['ManagedPolicyArns']).map(textOf),
    );
    expect(attached).toEqual(
      TYPES.map((type) => expect.stringMatching(new RegExp(`^<${type}TaskCeilingPolicy`))),
    );
  });

  it.each(['iam:PutRolePolicy', 'iam:DeleteRolePolicy'])(
    '%s: only on task roles of the stack that still carry a ceiling of it',
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

  it('put events under Taskbound’s own name only, on the default bus', () => {
    const found = statementsIn(resources).filter(
      ({ statement }) => statement['Action'] === 'events:PutEvents',
    );
    expect(found).toHaveLength(2);
    for (const { statement } of found) {
      expect(textOf(statement['Resource'])).toMatch(/:event-bus\/default$/);
      expect(statement['Condition']).toEqual({ StringEquals: { 'events:source': 'taskbound' } });
    }
  });

  it('dynamodb:DeleteItem: only Operators, and only the marker that refuses new tasks', () => {
    const found = statementsIn(resources).filter(({ statement }) =>
      listOf(statement['Action']).includes('dynamodb:DeleteItem'),
    );
    expect(found).toEqual([
      {
        where: expect.stringMatching(/^OperatorsRoleDefaultPolicy/),
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

  it('find strays under their own path only, and delete what they find by the permissions above', () => {
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

  it('lie under that path when they are a task’s, and their ceilings too', () => {
    const paths = (type: string) => ofType(resources, type).map(([, { Properties }]) => Properties['Path']);
    const path = TYPES.map(() => '/taskbound/Taskbound/');
    expect(paths('AWS::IAM::ManagedPolicy')).toEqual(path);
    expect(paths('AWS::IAM::Role').filter((each) => each !== undefined)).toEqual(path);
  });

  it('call submit through its URL only: a direct call could forge the caller', () => {
    const calls = statementsIn(resources)
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
      // not writeReceipt: once its parameter is open, writeDestination covers it
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
    expect(kept).toEqual(Array.from({ length: 6 + TYPES.length }, () => 'Retain'));
  });

  it('show what people call to signed callers only', () => {
    expect(ofType(resources, 'AWS::Lambda::Url').map(([, url]) => url.Properties['AuthType'])).toEqual([
      'AWS_IAM',
      'AWS_IAM',
      'AWS_IAM',
    ]);
    // Nobody else is let in by a function's own policy, but EventBridge into reconcile, from our rules.
    const permissions = ofType(resources, 'AWS::Lambda::Permission').map(([, { Properties }]) => [
      Properties['Principal'],
      textOf(Properties['FunctionName']).includes('ReconcileFunction'),
      /Ended/.test(textOf(Properties['SourceArn'])),
    ]);
    expect(permissions).toEqual([
      ['events.amazonaws.com', true, true], // of Teardown
      ...TYPES.map(() => ['events.amazonaws.com', true, true]),
    ]);
  });
});

describe('what a drain relies on', () => {
  it('submit ends when it is believed to, and the reconciler looks as often', () => {
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

describe('what a running execution needs', () => {
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
  const withoutHash = (id: string) => id.replace(/(Function|Role).*/, '');

  it('is kept when a deploy renames it or leaves it out: functions, machines’ roles, and their policies', () => {
    expect(kept('AWS::Lambda::Function').map(withoutHash).sort()).toEqual(stems);
    for (const type of ['AWS::IAM::Role', 'AWS::IAM::Policy'])
      expect(kept(type).map(withoutHash).sort()).toEqual([...stems, ...machines].sort());
  });

  it('is no task role: its type’s tasks end with it', () => {
    expect(kept('AWS::IAM::Role').filter((id) => id.startsWith('ObjectTransferTask'))).toEqual([]);
  });

  it('and a machine whose functions have other names has another role, as its executions keep theirs', () => {
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

describe('the calls of reconcile', () => {
  it('are every minute for what is due and every hour for strays, with the same dead letters', () => {
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

  it('tells submit-scheduled its name and time, no parameters, with bounded retries and a queue for what is missed', () => {
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

  it('is called asynchronously: Lambda’s own retries are bounded, and end in the same queue', () => {
    const [config] = ofType(resources, 'AWS::Lambda::EventInvokeConfig');
    expect(config?.[1].Properties).toEqual({
      FunctionName: { Ref: expect.stringMatching(/^BoundaryControlSubmitScheduledFunction/) },
      Qualifier: '$LATEST',
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 21_600,
      DestinationConfig: { OnFailure: { Destination: queueArn } },
    });
  });

  it('is tried for less long than a run may be old', () => {
    const triedSeconds = 3600 + 21_600;
    expect(triedSeconds * 1000).toBeLessThan(RUN_MAX_AGE_MS / 2);
  });

  it('has a role that only schedules of this stack’s group may take on', () => {
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

  it('is the only one that may call submit-scheduled', () => {
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

describe('the admin of a database', () => {
  it('is read by the functions that make, end and prove logins, and by nobody else', () => {
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

it('the evidence has one index, sparse and of keys only: an event that nobody looks up by is not in it', () => {
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
    expect(config.people.submit.map(({ roleArn }) => roleArn)).toEqual([
      expect.stringMatching(/^<RequestersRole\w+\.Arn>$/),
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
