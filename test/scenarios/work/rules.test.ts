import { LambdaClient, InvokeCommand } from '@aws-sdk/client-lambda';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { assumedRoleConfig } from '../../../cli/connection/credentials.ts';
import { exitCodeOf } from '../../../cli/errors.ts';
import { chainFault } from 'taskbound-evidence/chain/evidence';
import type { PolicyDocument } from 'taskbound-iam/policy';
import { boundaryIdOf, NONCE_CHARACTERS } from 'taskbound-evidence/names/ids';
import { deadlineText, renderSessionPolicy } from '../../../core/grants/session-policy.ts';
import { SESSION_POLICY_CHARACTERS } from 'taskbound-evidence/policy/own-statements';
import type { TaskTypeConfig } from '../../../core/task-types/task-type.ts';
import { AwsError } from 'taskbound-local/gateway/service';
import { deploy, freshId, type Deployed } from '../deployed.ts';
import {
  eventsOf,
  findRow,
  functionOf,
  intercept,
  machineOf,
  post,
  resourceOf,
  deployTypeChange,
  rowOf,
  sessionsOf,
  tracesOf,
  typeOf,
  typesOf,
  whenEntering,
  type Request,
} from '../evidence/meddle.ts';

let sample: Deployed;
beforeAll(async () => {
  sample = await deploy('sample');
  sample.put('source', 'a', Buffer.from('content'));
});

const transfer = (change: Partial<Request> = {}): Request => ({
  type: 'object-transfer',
  taskId: freshId('rule'),
  reason: 'to see a rule kept',
  parameters: { sourceKey: 'a', destinationKey: 'b' },
  ...change,
});

const boundaryOf = ({ type, taskId }: Request): string => boundaryIdOf(type, taskId);

/** Starts an execution as the account's owner. */
async function startByHand(stack: Deployed, machine: string, name: string, input = '{}'): Promise<string> {
  const sfn = new SFNClient({ ...stack.connection.config });
  const { executionArn = '' } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn: machineOf(stack, machine), name, input }),
  );
  return executionArn;
}

async function end(stack: Deployed, executionArn: string) {
  for (;;) {
    const execution = await stack.execution(executionArn);
    if (execution.status !== 'RUNNING') return execution;
    await stack.aws.clock.sleep(250);
  }
}

/** Everything that is stored of a task. A refused later call must not change it. */
const storedStateOf = async (stack: Deployed, boundaryId: string) => ({
  row: await rowOf(stack, boundaryId),
  events: await eventsOf(stack, boundaryId),
});

describe('an execution that submit did not start', () => {
  test('is refused by Admit, and nothing is issued or written', async () => {
    const name = freshId('by-hand');
    const before = sample.aws.trail.length;
    const arn = await startByHand(sample, 'ObjectTransfer', name, '{"ended":{"status":"returned"}}');
    expect(await end(sample, arn)).toMatchObject({
      status: 'FAILED',
      error: 'NotTheOwner',
      cause: expect.stringContaining(`No task object-transfer.${name} was submitted`),
    });
    expect(await tracesOf(sample, `object-transfer.${name}`)).toEqual([arn]);
    const calls = sample.aws.trail.slice(before).map((record) => record.eventName);
    for (const effect of ['PutItem', 'CreateSecret', 'AssumeRole', 'PutRolePolicy', 'DeleteSecret'])
      expect(calls).not.toContain(effect);
    const states = (await sample.history(arn)).flatMap((event) => event.stateEnteredEventDetails?.name ?? []);
    expect(states).toEqual(['Admit', 'RevokeAndRecord', 'NotTheOwner']);
  });

  test('cannot use the name of an existing task before or after the end of that task', async () => {
    const request = transfer();
    let early: Promise<string> | undefined;
    whenEntering(sample, 'RunWork', () => {
      early = startByHand(sample, 'ObjectTransfer', request.taskId, '{"other":1}').catch(
        (error: Error) => error.name,
      );
    });
    const { row, code } = await sample.run(request);
    expect([code, await early]).toEqual([0, 'ExecutionAlreadyExists']);
    for (const input of ['{}', '{"other":1}'])
      await expect(startByHand(sample, 'ObjectTransfer', request.taskId, input)).rejects.toMatchObject({
        name: 'ExecutionAlreadyExists',
      });
    expect(await rowOf(sample, row.boundaryId)).toEqual(row);
  });

  test("does not own a task when it runs another type's state machine under the task's name", async () => {
    const stack = await deploy('misbehaving');
    const { taskId, boundaryId } = (
      await stack.run({
        type: 'raw',
        taskId: freshId('mine'),
        reason: 'it stands',
        parameters: { how: 'succeed' },
      })
    ).row;
    const before = await storedStateOf(stack, boundaryId);
    const arn = await startByHand(stack, 'Misbehaving', taskId);
    expect(await end(stack, arn)).toMatchObject({ status: 'FAILED', error: 'NotTheOwner' });
    expect(await findRow(stack, `misbehaving.${taskId}`)).toBeUndefined();
    expect(await storedStateOf(stack, boundaryId)).toEqual(before);
  });
});

describe('a task id', () => {
  test('with the same request returns the same task during and after its run, and nothing runs twice', async () => {
    const request = transfer();
    let early: ReturnType<typeof post> | undefined;
    whenEntering(sample, 'RunWork', () => (early = post(sample, JSON.stringify(request))));
    const first = await sample.run(request);
    expect((await early)?.status).toBe(200);
    expect(JSON.parse((await early)?.text ?? '')).toMatchObject({ created: false, phase: 'open' });
    const copies = () => sample.aws.trail.filter((record) => record.eventName === 'CopyObject').length;
    const before = copies();
    const second = await sample.run(request);
    expect(second).toEqual({ ...first, progress: expect.stringContaining('already exists (closed)') });
    expect(copies()).toBe(before);
    expect(sessionsOf(sample, first.row.boundaryId)).toHaveLength(1);
  });

  test.each([
    ['other parameters', { parameters: { sourceKey: 'a', destinationKey: 'elsewhere' } }],
    ['another reason', { reason: 'another one' }],
  ])(
    'with another request is refused with exit code 2, and the first task does not change: %s',
    async (_what, change) => {
      const request = transfer();
      const boundaryId = (await sample.run(request)).row.boundaryId;
      const before = await storedStateOf(sample, boundaryId);
      const error: unknown = await sample.run({ ...request, ...change }).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        name: 'TaskIdTaken',
        message: expect.stringContaining('belongs to another object-transfer request (phase closed)'),
      });
      expect(exitCodeOf(error)).toBe(2);
      expect(await storedStateOf(sample, boundaryId)).toEqual(before);
      expect(sample.aws.s3.get(sample.output('destination'), 'elsewhere')).toBeUndefined();
    },
  );
});

describe('the requester comes from IAM', () => {
  /** A user of the account with only these permissions. */
  function userWith(name: string, permissions: PolicyDocument['Statement']) {
    const { iam, clock } = sample.aws;
    const trust = {
      Version: '2012-10-17' as const,
      Statement: [
        {
          Effect: 'Allow' as const,
          Principal: { AWS: 'arn:aws:iam::111122223333:root' },
          Action: 'sts:AssumeRole',
        },
      ],
    };
    const role = iam.putRole({ name, path: '/people/', trust }, clock.nowMs());
    const policy = { Version: '2012-10-17' as const, Statement: permissions };
    iam.putInline(name, 'may', policy, Number.NEGATIVE_INFINITY);
    return assumedRoleConfig(sample.connection.config, clock, role.arn, 'eve');
  }
  const submitArn = () => resourceOf(sample, 'AWS::Lambda::Function', 'ControlSubmitFunction').arn;

  test('and the row names the session that signed the request', async () => {
    const { row, events } = await sample.run(transfer());
    expect(row.requestedBy.arn).toMatch(
      /^arn:aws:sts::111122223333:assumed-role\/[^/]*Requesters[^/]*\/ann$/,
    );
    expect(events[0]).toMatchObject({ type: 'task.requested', actor: row.requestedBy.arn });
  });

  test('so that requestedBy in the body is refused', async () => {
    const request = transfer();
    const body = { ...request, requestedBy: { arn: 'arn:aws:iam::111122223333:user/boss' } };
    expect(await post(sample, JSON.stringify(body))).toMatchObject({
      status: 400,
      error: 'MalformedRequest',
      text: expect.stringContaining('"requestedBy" is not known'),
    });
    expect(await tracesOf(sample, boundaryOf(request))).toEqual([]);
  });

  test('so that Requesters may not invoke submit directly with a forged identity', async () => {
    const request = transfer();
    const iam = { userArn: 'arn:aws:iam::111122223333:user/boss', userId: 'AIDA', accountId: '111122223333' };
    const forged = { body: JSON.stringify(request), requestContext: { authorizer: { iam } } };
    const invoked = new LambdaClient({ ...sample.requester }).send(
      new InvokeCommand({
        FunctionName: functionOf(sample, 'Submit'),
        Payload: Buffer.from(JSON.stringify(forged)),
      }),
    );
    await expect(invoked).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(await tracesOf(sample, boundaryOf(request))).toEqual([]);
  });

  test('and IAM refuses a role without grantSubmit', async () => {
    const config = userWith('Stranger', [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]);
    const request = transfer();
    const before = sample.aws.trail.length;
    const answer = await post(sample, JSON.stringify(request), config);
    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('Forbidden') });
    expect(sample.aws.trail.slice(before).map((record) => record.eventName)).toEqual([
      'AssumeRole',
      'Invoke',
    ]);
    expect(await tracesOf(sample, boundaryOf(request))).toEqual([]);
  });

  test.each(['Submitters', 'XRequesters'])(
    'and submit refuses a role that may call the URL but was not granted the type: %s',
    async (name) => {
      const config = userWith(name, [
        {
          Effect: 'Allow',
          Action: ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'],
          Resource: submitArn(),
        },
      ]);
      const request = transfer();
      expect(await post(sample, JSON.stringify(request), config)).toMatchObject({
        status: 403,
        error: 'NotPermitted',
        text: expect.stringContaining(`assumed-role/${name}/eve may not submit object-transfer`),
      });
      expect(await tracesOf(sample, boundaryOf(request))).toEqual([]);
    },
  );
});

const withTool = (resources: readonly string[]) => (old: TaskTypeConfig) => ({
  ...old,
  tools: [...old.tools, { name: 'more', actions: ['s3:GetObject'], resources: [...resources] }],
});

const CHANGES: readonly (readonly [string, (old: TaskTypeConfig) => TaskTypeConfig, RegExp])[] = [
  ['another tool', withTool(['arn:aws:s3:::other/*']), /grant digest/],
  ['one tool less', (old) => ({ ...old, tools: old.tools.slice(1) }), /grant digest/],
  ['a longer lease', (old) => ({ ...old, leaseSeconds: old.leaseSeconds + 1 }), /grant digest/],
  ['another work version', (old) => ({ ...old, workVersionArn: `${old.workVersionArn}0` }), /digest/],
  ['another task role', (old) => ({ ...old, taskRoleArn: `${old.taskRoleArn}2` }), /task role is .*2 now/],
  [
    'tools that no longer fit',
    withTool([`arn:aws:s3:::${'x'.repeat(SESSION_POLICY_CHARACTERS)}`]),
    /session policy has \d+/,
  ],
  [
    'a renamed parameter',
    (old) => ({
      ...old,
      parameters: { renamed: old.parameters['sourceKey'] ?? { kind: 's3Key', maxBytes: 9 } },
    }),
    /sourceKey/,
  ],
];

describe('a task type that changes while a task exists', () => {
  async function expectRejected(request: Request, because: RegExp, by: string): Promise<void> {
    const ran = await sample.run(request);
    expect([ran.code, ran.report.outcome, ran.report.phase, ran.report.proof]).toEqual([
      1,
      'failed',
      'closed',
      'nothing-issued',
    ]);
    expect(ran.report.error).toMatch(/^TaskRejected: /);
    expect(ran.report.error).toMatch(because);
    expect(ran.row.rejection).toMatchObject({ error: 'TaskRejected', cause: expect.stringMatching(because) });
    const rejected = ran.events.filter((event) => event.type === 'task.rejected');
    expect(rejected).toMatchObject([{ actor: by, data: { because: expect.stringMatching(because) } }]);
    expect(chainFault(ran.row.boundaryId, ran.events)).toBeUndefined();
    expect(typesOf(ran.events)).not.toContain('identity.issued');
    expect(sessionsOf(sample, ran.row.boundaryId)).toEqual([]);
    expect(ran.row.leases).toEqual([]);
    expect(sample.aws.secrets.store.all().filter(({ name }) => name.includes(request.taskId))).toEqual([]);
  }

  /** Changes the type when the state is entered, until the test ends. */
  function changeAt(state: string, change: (old: TaskTypeConfig) => TaskTypeConfig): void {
    whenEntering(sample, state, () => onTestFinished(deployTypeChange(sample, 'object-transfer', change)));
  }

  test.each(CHANGES)('makes Admit reject the task: %s', async (_what, change, because) => {
    changeAt('Admit', change);
    await expectRejected(transfer(), because, 'admit');
  });

  test.each(CHANGES)(
    'makes IssueIdentity reject the task when it changes after Admit: %s',
    async (_what, change, because) => {
      changeAt('Issue receiptKey', change);
      await expectRejected(transfer(), because, 'issue-identity');
    },
  );

  test.each([
    ['Admit', 'admit'],
    ['IssueIdentity', 'issue-identity'],
  ])('makes %s reject the task when it is removed before that step', async (state, by) => {
    whenEntering(sample, state, () => {
      const gone = new AwsError('ParameterNotFound', 'Parameter not found.');
      onTestFinished(intercept(sample.aws.ssm, () => Promise.reject(gone)));
    });
    await expectRejected(transfer(), /object-transfer is no longer deployed/, by);
  });

  test('does not affect the task when only its submitters change', async () => {
    changeAt('Admit', (old) => ({ ...old, people: { submit: [], decide: [], end: [] } }));
    expect((await sample.run(transfer())).code).toBe(0);
  });
});

/** A transfer whose session policy has the given number of characters. */
function transferOf(characters: number): Request {
  const request = transfer();
  const { boundaryId, nonce } = { boundaryId: boundaryOf(request), nonce: '0'.repeat(NONCE_CHARACTERS) };
  const length = (sourceKey: string) =>
    renderSessionPolicy(typeOf(sample, 'object-transfer'), {
      boundaryId,
      nonce,
      parameters: { sourceKey, destinationKey: 'b' },
      deadline: deadlineText(0),
    }).length;
  const sourceKey = 'k'.repeat(characters - length(''));
  expect(length(sourceKey)).toBe(characters);
  return { ...request, parameters: { sourceKey, destinationKey: 'b' } };
}

describe('a malformed request to the URL', () => {
  const good = () => JSON.stringify(transfer({ taskId: 'malformed' }));
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const withParameters = (parameters: unknown) =>
    good().replace(/\{"sourceKey.*?\}/, JSON.stringify(parameters));

  test.each([
    ['no body', () => '', /not valid JSON/],
    ['not JSON', () => good().slice(0, -1), /not valid JSON/],
    ['a list', () => `[${good()}]`, /is an array/],
    ['null', () => 'null', /is null/],
    ['duplicate keys', () => good().replace('{', '{"type":"object-transfer",'), /"type" twice/],
    [
      'duplicate parameters',
      () => good().replace('"sourceKey"', '"sourceKey":"x","sourceKey"'),
      /"sourceKey" twice/,
    ],
    ['too many levels', () => good().replace('"a"', nested(100_000)), /nests deeper than 32/],
    ['__proto__', () => good().replace('{', '{"__proto__":{},'), /__proto__/],
    ['too many characters', () => good().replace('"a"', `"${'a'.repeat(300_000)}"`), /at most 262144/],
    [
      'an unknown type',
      () => good().replace('object-transfer', 'object-transfers'),
      /not known in this stack/,
    ],
    [
      'a type that is not a name',
      () => good().replace('object-transfer', '../object-transfer'),
      /Field type/,
    ],
    ['an invalid task id', () => good().replace('malformed', 'mal.formed'), /Field taskId/],
    ['no reason', () => good().replace('to see a rule kept', ''), /Field reason is ""/],
    ['a window', () => good().replace('{', '{"window":{},'), /Field window/],
    ['a missing parameter', () => withParameters({ sourceKey: 'a' }), /destinationKey is missing/],
    [
      'another parameter',
      () => withParameters({ sourceKey: 'a', destinationKey: 'b', c: 'd' }),
      /"c" is not declared/,
    ],
    ['a number for a key', () => withParameters({ sourceKey: 1, destinationKey: 'b' }), /sourceKey is 1/],
    [
      'a character beyond Latin-1',
      () => withParameters({ sourceKey: '\u{1F4E6}', destinationKey: 'b' }),
      /U\+1F4E6/,
    ],
    ['half of a character', () => withParameters({ sourceKey: '\ud83d', destinationKey: 'b' }), /U\+D83D/],
    ['half of a character as the reason', () => good().replace('to see', '\\ud83d'), /Field reason/],
  ])('is refused with 400 and leaves nothing: %s', async (_what, body, message) => {
    const answer = await post(sample, body());
    expect(answer).toMatchObject({
      status: 400,
      error: 'MalformedRequest',
      text: expect.stringMatching(message),
    });
    expect(await tracesOf(sample, 'object-transfer.malformed')).toEqual([]);
  });

  test('a session policy of 2,049 characters is refused with both numbers and leaves nothing', async () => {
    const request = transferOf(SESSION_POLICY_CHARACTERS + 1);
    expect(await post(sample, JSON.stringify(request))).toMatchObject({
      status: 400,
      error: 'MalformedRequest',
      text: expect.stringMatching(
        /has 2049 characters; AWS allows at most 2048\. Shorten .* by 1 characters/,
      ),
    });
    expect(await tracesOf(sample, boundaryOf(request))).toEqual([]);
  });

  test('a session policy of 2,048 characters is accepted and its session is created', async () => {
    const request = transferOf(SESSION_POLICY_CHARACTERS);
    sample.put('source', String(request.parameters['sourceKey']), Buffer.from('long'));
    const ran = await sample.run(request);
    expect(ran.code).toBe(0);
    const policy = ran.events.find((event) => event.type === 'identity.issued')?.data['sessionPolicy'];
    expect(policy).toHaveLength(SESSION_POLICY_CHARACTERS);
  });
});
