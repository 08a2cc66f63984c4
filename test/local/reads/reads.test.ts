import { beforeAll, describe, expect, it } from 'vitest';
import type { RawRequest, RawResponse } from 'taskbound-local/gateway/service';
import { deploy, type Deployed } from '../../scenarios/deployed.ts';
import { ACCOUNT, sessionWith } from '../support.ts';

let stack: Deployed;
let nobody: string;
beforeAll(async () => {
  stack = await deploy('sample');
  nobody = sessionWith(stack.aws, 'Nobody', undefined).credentials.accessKeyId;
  stack.put('source', 'exports/a.csv', Buffer.from('content'));
  stack.aws.logs.append('/aws/lambda/one', { stream: '[1]a', atMs: 1, message: 'first' });
});

/** A request of a service, by the JSON input or the form of the operation, or as method and path. */
type Ask = (values: Values) => readonly [service: string, request: RawRequest];

/** What the requests name. */
interface Values {
  readonly machine: string;
  readonly fn: string;
  readonly bucket: string;
  readonly table: string;
  readonly rule: string;
  readonly schedule: string;
  readonly role: string;
  readonly policy: string;
  readonly key: string;
  readonly parameter: string;
  readonly secret: string;
  readonly queue: string;
  readonly topic: string;
  readonly stackId: string;
}

const json =
  (service: string, target: string, input: (values: Values) => object = () => ({})): Ask =>
  (values) => [
    service,
    {
      method: 'POST',
      path: '/',
      headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' },
      body: Buffer.from(JSON.stringify(input(values))),
    },
  ];

const form =
  (service: string, Action: string, input: (values: Values) => Record<string, string> = () => ({})): Ask =>
  (values) => [
    service,
    {
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(new URLSearchParams({ Action, ...input(values) }).toString()),
    },
  ];

const rest =
  (service: string, path: (values: Values) => string, method = 'GET'): Ask =>
  (values) => [service, { method, path: path(values), headers: {}, body: new Uint8Array() }];

function values(): Values {
  const { aws } = stack;
  const first = <T>(all: readonly T[]): T => {
    const [found] = all;
    if (found === undefined) throw new Error('the sample has none');
    return found;
  };
  const { resources, id } = first([...aws.cloudformation.stacks.values()]);
  const named = (type: string): string => first(resources.filter((one) => one.type === type)).physicalId;
  return {
    machine: named('AWS::StepFunctions::StateMachine'),
    fn: named('AWS::Lambda::Function'),
    bucket: stack.output('source'),
    table: stack.connection.manifest.ledgerTable,
    rule: first(aws.events.rules()).name,
    schedule: first(aws.schedules.all().filter(({ group }) => group === 'default')).name,
    role: first(aws.iam.roles()).name,
    policy: first(aws.iam.managedPolicyArns().filter((arn) => arn.includes(ACCOUNT))),
    key: stack.connection.manifest.evidenceKeyArn,
    parameter: first(aws.ssm.all()).name,
    secret: stack.output('DatabaseAdmin'),
    queue: first(aws.queues.all()).name,
    topic: first(aws.topics.all()).arn,
    stackId: id,
  };
}

const arn = (service: string, rest: string): string => `arn:aws:${service}:eu-central-1:${ACCOUNT}:${rest}`;

const states = (name: string, input?: (values: Values) => object) =>
  json('states', `AWSStepFunctions.${name}`, input);
const dynamodb = (name: string, input?: (values: Values) => object) =>
  json('dynamodb', `DynamoDB_20120810.${name}`, input);
const logs = (name: string, input?: (values: Values) => object) =>
  json('logs', `Logs_20140328.${name}`, input);
const kms = (name: string, input?: (values: Values) => object) => json('kms', `TrentService.${name}`, input);
const ssm = (name: string, input?: (values: Values) => object) => json('ssm', `AmazonSSM.${name}`, input);
const events = (name: string, input?: (values: Values) => object) =>
  json('events', `AWSEvents.${name}`, input);
const secrets = (name: string, input?: (values: Values) => object) =>
  json('secretsmanager', `secretsmanager.${name}`, input);

const ofTable = ({ table: TableName }: Values) => ({ TableName });
const ofKey = ({ key: KeyId }: Values) => ({ KeyId });
const ofSecret = ({ secret: SecretId }: Values) => ({ SecretId });
const ofRole = ({ role: RoleName }: Values) => ({ RoleName });
const ofPolicy = ({ policy: PolicyArn }: Values) => ({ PolicyArn });
const ofStack = () => ({ StackName: 'Taskbound' });
const roleArn = ({ role }: Values): string => stack.aws.iam.role(role).arn;
const tableArn = ({ table }: Values): string => arn('dynamodb', `table/${table}`);
const queueArn = ({ queue }: Values): string => arn('sqs', queue);
const fnArn = ({ fn }: Values): string => arn('lambda', `function:${fn}`);
const ANY = (): string => '*';
const streamOf =
  (group: string, stream = '') =>
  (): string =>
    arn('logs', `log-group:${group}:log-stream:${stream}`);

/** Each call with the action that it needs, and the resource: https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html */
const READS: readonly (readonly [action: string, resource: (values: Values) => string, ask: Ask])[] = [
  ['states:ListStateMachines', ANY, states('ListStateMachines')],
  [
    'states:ListTagsForResource',
    ({ machine }) => machine,
    states('ListTagsForResource', ({ machine }) => ({ resourceArn: machine })),
  ],
  ['lambda:ListFunctions', ANY, rest('lambda', () => '/2015-03-31/functions/')],
  ['lambda:GetFunction', fnArn, rest('lambda', ({ fn }) => `/2015-03-31/functions/${fn}`)],
  [
    'lambda:GetFunctionConfiguration',
    fnArn,
    rest('lambda', ({ fn }) => `/2015-03-31/functions/${fn}/configuration`),
  ],
  [
    'lambda:ListVersionsByFunction',
    fnArn,
    rest('lambda', ({ fn }) => `/2015-03-31/functions/${fn}/versions`),
  ],
  ['lambda:ListAliases', fnArn, rest('lambda', ({ fn }) => `/2015-03-31/functions/${fn}/aliases`)],
  [
    'lambda:GetFunctionConcurrency',
    fnArn,
    rest('lambda', ({ fn }) => `/2019-09-30/functions/${fn}/concurrency`),
  ],
  ['lambda:ListFunctionUrlConfigs', fnArn, rest('lambda', ({ fn }) => `/2021-10-31/functions/${fn}/urls`)],
  ['lambda:ListTags', fnArn, rest('lambda', (all) => `/2017-03-31/tags/${encodeURIComponent(fnArn(all))}`)],
  ['s3:ListAllMyBuckets', ANY, rest('s3', () => '/')],
  [
    's3:GetBucketLocation',
    ({ bucket }) => `arn:aws:s3:::${bucket}`,
    rest('s3', ({ bucket }) => `/${bucket}?location`),
  ],
  [
    's3:GetBucketVersioning',
    ({ bucket }) => `arn:aws:s3:::${bucket}`,
    rest('s3', ({ bucket }) => `/${bucket}?versioning`),
  ],
  [
    's3:GetBucketPolicy',
    ({ bucket }) => `arn:aws:s3:::${bucket}`,
    rest('s3', ({ bucket }) => `/${bucket}?policy`),
  ],
  [
    's3:GetEncryptionConfiguration',
    ({ bucket }) => `arn:aws:s3:::${bucket}`,
    rest('s3', ({ bucket }) => `/${bucket}?encryption`),
  ],
  [
    's3:GetBucketPublicAccessBlock',
    ({ bucket }) => `arn:aws:s3:::${bucket}`,
    rest('s3', ({ bucket }) => `/${bucket}?publicAccessBlock`),
  ],
  [
    's3:ListBucketVersions',
    ({ bucket }) => `arn:aws:s3:::${bucket}`,
    rest('s3', ({ bucket }) => `/${bucket}?versions`),
  ],
  ['dynamodb:ListTables', ANY, dynamodb('ListTables')],
  ['dynamodb:DescribeTable', tableArn, dynamodb('DescribeTable', ofTable)],
  ['dynamodb:DescribeTimeToLive', tableArn, dynamodb('DescribeTimeToLive', ofTable)],
  ['dynamodb:DescribeContinuousBackups', tableArn, dynamodb('DescribeContinuousBackups', ofTable)],
  [
    'dynamodb:ListTagsOfResource',
    tableArn,
    dynamodb('ListTagsOfResource', (all) => ({ ResourceArn: tableArn(all) })),
  ],
  ['logs:DescribeLogGroups', streamOf(''), logs('DescribeLogGroups')],
  [
    'logs:DescribeLogStreams',
    streamOf('/aws/lambda/one'),
    logs('DescribeLogStreams', () => ({ logGroupName: '/aws/lambda/one' })),
  ],
  [
    'logs:GetLogEvents',
    streamOf('/aws/lambda/one', '[1]a'),
    logs('GetLogEvents', () => ({ logGroupName: '/aws/lambda/one', logStreamName: '[1]a' })),
  ],
  [
    'logs:FilterLogEvents',
    streamOf('/aws/lambda/one'),
    logs('FilterLogEvents', () => ({ logGroupName: '/aws/lambda/one' })),
  ],
  ['events:ListRules', ANY, events('ListRules')],
  [
    'events:DescribeRule',
    ({ rule }) => arn('events', `rule/${rule}`),
    events('DescribeRule', ({ rule: Name }) => ({ Name })),
  ],
  [
    'events:ListTargetsByRule',
    ({ rule }) => arn('events', `rule/${rule}`),
    events('ListTargetsByRule', ({ rule: Rule }) => ({ Rule })),
  ],
  ['events:ListEventBuses', ANY, events('ListEventBuses')],
  ['events:DescribeEventBus', () => arn('events', 'event-bus/default'), events('DescribeEventBus')],
  ['scheduler:ListSchedules', ANY, rest('scheduler', () => '/schedules')],
  [
    'scheduler:GetSchedule',
    ({ schedule }) => arn('scheduler', `schedule/default/${schedule}`),
    rest('scheduler', ({ schedule }) => `/schedules/${schedule}`),
  ],
  ['scheduler:ListScheduleGroups', ANY, rest('scheduler', () => '/schedule-groups')],
  [
    'scheduler:GetScheduleGroup',
    () => arn('scheduler', 'schedule-group/default'),
    rest('scheduler', () => '/schedule-groups/default'),
  ],
  ['cloudformation:ListStacks', ANY, form('cloudformation', 'ListStacks')],
  [
    'cloudformation:ListStackResources',
    ({ stackId }) => stackId,
    form('cloudformation', 'ListStackResources', ofStack),
  ],
  [
    'cloudformation:DescribeStackResources',
    ({ stackId }) => stackId,
    form('cloudformation', 'DescribeStackResources', ofStack),
  ],
  [
    'cloudformation:DescribeStackEvents',
    ({ stackId }) => stackId,
    form('cloudformation', 'DescribeStackEvents', ofStack),
  ],
  ['cloudformation:GetTemplate', ({ stackId }) => stackId, form('cloudformation', 'GetTemplate', ofStack)],
  ['cloudformation:ListExports', ANY, form('cloudformation', 'ListExports')],
  ['iam:ListAttachedRolePolicies', roleArn, form('iam', 'ListAttachedRolePolicies', ofRole)],
  ['iam:ListRoleTags', roleArn, form('iam', 'ListRoleTags', ofRole)],
  ['iam:ListPolicies', ANY, form('iam', 'ListPolicies')],
  ['iam:GetPolicy', ({ policy }) => policy, form('iam', 'GetPolicy', ofPolicy)],
  ['iam:ListPolicyVersions', ({ policy }) => policy, form('iam', 'ListPolicyVersions', ofPolicy)],
  [
    'iam:GetPolicyVersion',
    ({ policy }) => policy,
    form('iam', 'GetPolicyVersion', (all) => ({ ...ofPolicy(all), VersionId: 'v1' })),
  ],
  ['iam:ListAccountAliases', ANY, form('iam', 'ListAccountAliases')],
  ['kms:ListKeys', ANY, kms('ListKeys')],
  ['kms:ListAliases', ANY, kms('ListAliases')],
  ['kms:DescribeKey', ({ key }) => key, kms('DescribeKey', ofKey)],
  ['kms:GetKeyPolicy', ({ key }) => key, kms('GetKeyPolicy', ofKey)],
  ['kms:GetKeyRotationStatus', ({ key }) => key, kms('GetKeyRotationStatus', ofKey)],
  ['kms:ListResourceTags', ({ key }) => key, kms('ListResourceTags', ofKey)],
  ['ssm:DescribeParameters', ANY, ssm('DescribeParameters')],
  [
    'ssm:GetParameters',
    ({ parameter }) => arn('ssm', `parameter${parameter}`),
    ssm('GetParameters', ({ parameter }) => ({ Names: [parameter] })),
  ],
  [
    'ssm:GetParametersByPath',
    () => arn('ssm', 'parameter/taskbound'),
    ssm('GetParametersByPath', () => ({ Path: '/taskbound', Recursive: true })),
  ],
  ['secretsmanager:GetResourcePolicy', ({ secret }) => secret, secrets('GetResourcePolicy', ofSecret)],
  ['secretsmanager:ListSecretVersionIds', ({ secret }) => secret, secrets('ListSecretVersionIds', ofSecret)],
  ['sqs:ListQueues', ANY, json('sqs', 'AmazonSQS.ListQueues')],
  [
    'sqs:GetQueueUrl',
    queueArn,
    json('sqs', 'AmazonSQS.GetQueueUrl', ({ queue: QueueName }) => ({ QueueName })),
  ],
  [
    'sqs:GetQueueAttributes',
    queueArn,
    json('sqs', 'AmazonSQS.GetQueueAttributes', ({ queue }) => ({
      QueueUrl: queue,
      AttributeNames: ['All'],
    })),
  ],
  ['sns:ListTopics', ANY, form('sns', 'ListTopics')],
  [
    'sns:GetTopicAttributes',
    ({ topic }) => topic,
    form('sns', 'GetTopicAttributes', ({ topic: TopicArn }) => ({ TopicArn })),
  ],
  ['sns:ListSubscriptions', ANY, form('sns', 'ListSubscriptions')],
  [
    'sns:ListSubscriptionsByTopic',
    ({ topic }) => topic,
    form('sns', 'ListSubscriptionsByTopic', ({ topic: TopicArn }) => ({ TopicArn })),
  ],
  [
    'cloudwatch:DescribeAlarms',
    () => arn('cloudwatch', 'alarm:*'),
    json('monitoring', 'GraniteServiceVersion20100801.DescribeAlarms'),
  ],
];

const send = (ask: Ask, accessKeyId = stack.aws.rootCredentials.accessKeyId): Promise<RawResponse> => {
  const [service, request] = ask(values());
  return stack.aws.handleUnsigned(service, accessKeyId, request);
};
const textOf = ({ body }: RawResponse): string =>
  Buffer.from(body)
    .toString('utf8')
    .replaceAll('&quot;', '"')
    .replaceAll('\\"', '"')
    .replaceAll('&apos;', "'");

describe.each(READS)('%s', (action, resource, ask) => {
  it('is answered for the owner, and refused without the permission, by action and resource', async () => {
    const answered = await send(ask);
    expect(answered.status, textOf(answered)).toBe(200);
    const refused = await send(ask, nobody);
    expect([400, 403]).toContain(refused.status);
    expect(textOf(refused).replaceAll('"arn', 'arn')).toContain(
      `is not authorized to perform: ${action} on resource: `,
    );
    expect(textOf(refused)).toContain(resource(values()));
  });
});

describe('what the calls do not support', () => {
  it.each<[string, Ask]>([
    ['Colour', form('cloudformation', 'ListExports', () => ({ Colour: 'red' }))],
    ['Colour', rest('lambda', () => '/2015-03-31/functions/?Colour=red')],
    ['Colour', rest('scheduler', () => '/schedules?Colour=red')],
    ['Colour', ssm('DescribeParameters', () => ({ Colour: 'red' }))],
    ['colour', rest('s3', ({ bucket }) => `/${bucket}?colour=red&location`)],
  ])('is refused by name: %s', async (name, ask) => {
    const refused = await send(ask);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(textOf(refused)).toContain(name);
  });
});

it('describes properties without effect as the template has them', async () => {
  const blocked = textOf(await send(rest('s3', ({ bucket }) => `/${bucket}?publicAccessBlock`)));
  expect(blocked).toContain('<BlockPublicAcls>true</BlockPublicAcls>');
  const groups = textOf(await send(logs('DescribeLogGroups')));
  expect(groups).toMatch(/"retentionInDays":\d+/);
});

describe('lists in pages', () => {
  const jsonOf = async (ask: Ask) =>
    JSON.parse(Buffer.from((await send(ask)).body).toString('utf8')) as Record<string, unknown>;

  it.each<[string, string, string, (token: string | undefined) => Ask]>([
    [
      'states',
      'stateMachines',
      'nextToken',
      (nextToken) => states('ListStateMachines', () => ({ maxResults: 1, nextToken })),
    ],
    [
      'ssm',
      'Parameters',
      'NextToken',
      (NextToken) => ssm('DescribeParameters', () => ({ MaxResults: 1, NextToken })),
    ],
    ['events', 'Rules', 'NextToken', (NextToken) => events('ListRules', () => ({ Limit: 1, NextToken }))],
    [
      'logs',
      'logGroups',
      'nextToken',
      (nextToken) => logs('DescribeLogGroups', () => ({ limit: 2, nextToken })),
    ],
    [
      'dynamodb',
      'TableNames',
      'LastEvaluatedTableName',
      (from) => dynamodb('ListTables', () => ({ Limit: 1, ExclusiveStartTableName: from })),
    ],
    [
      'lambda',
      'Functions',
      'NextMarker',
      (marker) =>
        rest(
          'lambda',
          () => `/2015-03-31/functions/?MaxItems=3${marker === undefined ? '' : `&Marker=${marker}`}`,
        ),
    ],
  ])('of %s have each item once', async (_service, list, next, ask) => {
    const items: string[] = [];
    let token: string | undefined;
    let pages = 0;
    do {
      const page = await jsonOf(ask(token));
      items.push(...(page[list] as unknown[]).map((item) => JSON.stringify(item)));
      token = page[next] as string | undefined;
      pages += 1;
    } while (token !== undefined);
    expect(pages).toBeGreaterThan(1);
    expect(new Set(items).size).toBe(items.length);
  });

  it('refuse a token that they did not issue', async () => {
    const refused = await send(events('ListRules', () => ({ NextToken: 'made up' })));
    expect(textOf(refused)).toContain('The token made up is not valid');
  });
});
