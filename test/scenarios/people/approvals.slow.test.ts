import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { StartExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import type { TaskTypeConfig } from '../../../core/task-types/task-type.ts';
import type { InterceptedCall, Verdict } from 'taskbound-local/gateway/intercept';
import { deploy, freshId, type Deployed } from '../deployed.ts';
import {
  dataOf,
  eventsOf,
  forbid,
  functionOf,
  machineOf,
  post,
  deployTypeChange,
  rowOf,
  sessionsOf,
  tracesOf,
  typesOf,
  whenEntering,
  type Request,
} from '../evidence/meddle.ts';

let stack: Deployed;
beforeAll(async () => {
  stack = await deploy('misbehaving');
  stack.aws.startSchedules();
  return () => stack.aws.clock.hold();
});
afterEach(() => stack.aws.startSchedules());

const request = (how = 'succeed', change: Partial<Request> = {}): Request => ({
  type: 'approved',
  taskId: freshId('approved'),
  reason: 'a test of approvals',
  parameters: { how },
  ...change,
});
const idOf = ({ type, taskId }: Request): string => `${type}.${taskId}`;
const submit = async (asked: Request, by = stack.person('ann', 'Requesters')): Promise<LedgerRow> => {
  expect((await post(stack, JSON.stringify(asked), by)).status).toBe(200);
  return rowOf(stack, idOf(asked));
};

interface Said {
  readonly decision?: 'approve' | 'refuse';
  readonly digest?: string;
  readonly reason?: string;
  readonly role?: 'Approvers' | 'Requesters';
}
const decide = (row: Pick<LedgerRow, 'boundaryId' | 'grantDigest'>, name: string, said: Said = {}) => {
  const { decision = 'approve', digest = row.grantDigest, reason = 'why', role = 'Approvers' } = said;
  const body = { task: row.boundaryId, decision, grantDigest: digest, reason };
  return post(stack, JSON.stringify(body), stack.person(name, role), 'decideUrl');
};
const endTask = (boundaryId: string, name: string, role: 'Approvers' | 'Requesters' = 'Approvers') =>
  post(stack, JSON.stringify({ task: boundaryId, reason: 'enough' }), stack.person(name, role), 'endUrl');

async function closed(boundaryId: string): Promise<LedgerRow> {
  for (let look = 0; look < 400; look += 1) {
    const row = await rowOf(stack, boundaryId);
    if (row.phase === 'closed') return row;
    await stack.aws.clock.sleep(5_000);
  }
  throw new Error(`${boundaryId} does not close.`);
}
const executionsOf = (boundaryId: string) =>
  stack.aws.states
    .executions()
    .filter(
      ({ arn }) =>
        arn.endsWith(`:approved:${boundaryId.slice(9)}`) || arn.endsWith(`-approved:${boundaryId.slice(9)}`),
    );

describe('a task that needs two approvals', () => {
  test('is only a row until the second approval, and then runs once', async () => {
    const row = await submit(request());
    expect(row.phase).toBe('requested');
    expect(await tracesOf(stack, row.boundaryId)).toEqual(['row', 'task.requested']);
    await stack.aws.clock.sleep(600_000);
    expect((await decide(row, 'bob')).status).toBe(200);
    expect(await tracesOf(stack, row.boundaryId)).toEqual(['row', 'task.requested', 'approval.granted']);
    expect((await decide(row, 'carol')).status).toBe(200);
    expect(await closed(row.boundaryId)).toMatchObject({ outcome: 'succeeded', proof: { kind: 'refused' } });
    const events = await eventsOf(stack, row.boundaryId);
    expect(typesOf(events).slice(0, 4)).toEqual([
      'task.requested',
      'approval.granted',
      'approval.granted',
      'task.admitted',
    ]);
    expect(dataOf(events, 'approval.granted:bob')).toMatchObject({
      person: 'bob',
      grantDigest: row.grantDigest,
      quorum: 2,
    });
    expect(executionsOf(row.boundaryId)).toHaveLength(1);
  });

  test('runs once when two people approve at the same time', async () => {
    const row = await submit(request());
    const answers = await Promise.all([decide(row, 'bob'), decide(row, 'carol'), decide(row, 'dave')]);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(2);
    expect((await closed(row.boundaryId)).outcome).toBe('succeeded');
    expect(executionsOf(row.boundaryId)).toHaveLength(1);
    expect(sessionsOf(stack, row.boundaryId)).toHaveLength(1);
  });

  test('runs once when the start fails, because the reconciler starts it', async () => {
    const row = await submit(request());
    await decide(row, 'bob');
    const allow = await forbid(stack, 'Decide', ['states:StartExecution']);
    expect((await decide(row, 'carol')).status).toBe(500);
    expect((await rowOf(stack, row.boundaryId)).phase).toBe('approved');
    allow();
    expect((await closed(row.boundaryId)).outcome).toBe('succeeded');
    expect(
      typesOf(await eventsOf(stack, row.boundaryId)).filter((type) => type === 'approval.granted'),
    ).toHaveLength(2);
    expect(executionsOf(row.boundaryId)).toHaveLength(1);
  });

  test('is closed without having run after a refusal, and can no longer be approved', async () => {
    const row = await submit(request());
    await decide(row, 'bob');
    expect((await decide(row, 'carol', { decision: 'refuse', reason: 'not today' })).status).toBe(200);
    expect(await decide(row, 'dave')).toMatchObject({ status: 409, error: 'DecisionRefused' });
    const end = await closed(row.boundaryId);
    expect(end).toMatchObject({ outcome: 'failed', proof: { kind: 'nothing-issued' }, leases: [] });
    const events = await eventsOf(stack, row.boundaryId);
    expect(dataOf(events, 'approval.refused')).toMatchObject({ person: 'carol', reason: 'not today' });
    expect(dataOf(events, 'boundary.closed')?.['error']).toBe('TaskRejected');
    expect(sessionsOf(stack, row.boundaryId)).toEqual([]);
  });

  test('is closed when an approver refuses it after approving it', async () => {
    const row = await submit(request());
    await decide(row, 'bob');
    expect((await decide(row, 'bob', { decision: 'refuse' })).status).toBe(200);
    expect((await closed(row.boundaryId)).outcome).toBe('failed');
  });

  test('is closed when its approvals expire, and can no longer be approved', async () => {
    const row = await submit(request());
    await decide(row, 'bob');
    await stack.aws.clock.sleep(3_600_000);
    expect(await decide(row, 'carol')).toMatchObject({ status: 409, error: 'DecisionRefused' });
    const end = await closed(row.boundaryId);
    expect(end).toMatchObject({ outcome: 'failed', leases: [] });
    const events = await eventsOf(stack, row.boundaryId);
    expect(dataOf(events, 'approval.expired')).toMatchObject({ quorum: 2, approvals: 1 });
    expect(sessionsOf(stack, row.boundaryId)).toEqual([]);
  });
});

test('the evidence of a task starts with its request when submit stopped after writing the row', async () => {
  const asked = request();
  const allow = await forbid(stack, 'Submit', ['dynamodb:Query']);
  expect((await post(stack, JSON.stringify(asked))).status).toBe(500);
  allow();
  const row = await rowOf(stack, idOf(asked));
  expect((await decide(row, 'ann', { role: 'Approvers' })).status).toBe(409);
  expect(typesOf(await eventsOf(stack, row.boundaryId))).toEqual(['task.requested', 'attempt.refused']);
  await stack.aws.clock.sleep(10_000);
});

describe('a decision is not counted', () => {
  test.each<[string, string, string, Said, RegExp, string]>([
    ['when the requester makes it', 'ann', 'ann', {}, /ann asked for it/, 'requester'],
    [
      'when the requester makes it with another spelling of the name',
      'ann',
      'ANN',
      {},
      /ann asked for it/,
      'requester',
    ],
    [
      'when it is about another grant digest',
      'ann',
      'bob',
      { digest: 'a'.repeat(64) },
      /about the grant aaaa/,
      'other-grant',
    ],
  ])('%s', async (_what, asks, decides, said, message, code) => {
    const row = await submit(request(), stack.person(asks, 'Approvers'));
    expect(await decide(row, decides, said)).toMatchObject({
      status: 409,
      error: 'DecisionRefused',
      text: expect.stringMatching(message),
    });
    expect((await rowOf(stack, row.boundaryId)).decisions ?? []).toEqual([]);
    expect(dataOf(await eventsOf(stack, row.boundaryId), 'attempt.refused')).toMatchObject({
      what: 'approve',
      code,
    });
    expect(sessionsOf(stack, row.boundaryId)).toEqual([]);
  });

  test('when the same person decides again, with any spelling of the name', async () => {
    const row = await submit(request());
    expect((await decide(row, 'bob')).status).toBe(200);
    for (const name of ['bob', 'Bob']) {
      await stack.aws.clock.sleep(1_000);
      expect(await decide(row, name)).toMatchObject({
        status: 409,
        text: expect.stringContaining('bob approved it already'),
      });
    }
    expect((await rowOf(stack, row.boundaryId)).phase).toBe('requested');
    const events = await eventsOf(stack, row.boundaryId);
    expect(dataOf(events, 'attempt.refused')).toMatchObject({ code: 'already-decided' });
    expect(executionsOf(row.boundaryId)).toEqual([]);
  });

  test('when the task has ended', async () => {
    const row = await submit(request());
    await decide(row, 'bob');
    await decide(row, 'carol');
    await closed(row.boundaryId);
    const before = await eventsOf(stack, row.boundaryId);
    expect(await decide(row, 'dave')).toMatchObject({
      status: 409,
      text: expect.stringContaining('it has ended'),
    });
    expect(await eventsOf(stack, row.boundaryId)).toEqual(before);
    expect(sessionsOf(stack, row.boundaryId)).toHaveLength(1);
  });

  test('when IAM does not allow the role to call the URL', async () => {
    const row = await submit(request());
    expect(await decide(row, 'bob', { role: 'Requesters' })).toMatchObject({ status: 403 });
    expect((await rowOf(stack, row.boundaryId)).decisions).toBeUndefined();
  });

  test('when the role may decide only about other types, and the attempt is recorded', async () => {
    const row = await submit(request());
    onTestFinished(
      deployTypeChange(stack, 'approved', (old) => ({ ...old, people: { ...old.people, decide: [] } })),
    );
    expect(await decide(row, 'bob')).toMatchObject({ status: 403, error: 'NotPermitted' });
    expect(dataOf(await eventsOf(stack, row.boundaryId), 'attempt.refused')?.['code']).toBe('not-permitted');
  });

  test('when it comes through a direct Invoke with a forged caller', async () => {
    const row = await submit(request());
    const iam = {
      userArn: 'arn:aws:sts::111122223333:assumed-role/Approvers/bob',
      userId: 'AROA',
      accountId: '111122223333',
    };
    const body = JSON.stringify({ task: row.boundaryId, decision: 'approve', grantDigest: row.grantDigest });
    for (const [config, name] of [
      [stack.person('bob'), 'Decide'],
      [stack.person('bob'), 'End'],
    ] as const) {
      const invoked = new LambdaClient({ ...config }).send(
        new InvokeCommand({
          FunctionName: functionOf(stack, name),
          Payload: Buffer.from(JSON.stringify({ body, requestContext: { authorizer: { iam } } })),
        }),
      );
      await expect(invoked).rejects.toMatchObject({ name: 'AccessDeniedException' });
    }
    expect((await rowOf(stack, row.boundaryId)).phase).toBe('requested');
  });

  test.each([
    [{ requestedBy: 'boss' }, /"requestedBy" of the decision is not known/],
    [{ decision: 'maybe' }, /Field decision of the decision is "maybe"/],
    [{ grantDigest: 'short' }, /Field grantDigest/],
    [{ task: '../etc' }, /Field task/],
    [{ reason: '' }, /Field reason/],
  ])('when it is malformed: %j', async (change, message) => {
    const row = await submit(request());
    const body = { task: row.boundaryId, decision: 'approve', grantDigest: row.grantDigest, ...change };
    expect(await post(stack, JSON.stringify(body), stack.person('bob'), 'decideUrl')).toMatchObject({
      status: 400,
      error: 'MalformedRequest',
      text: expect.stringMatching(message),
    });
    expect(await tracesOf(stack, row.boundaryId)).toEqual(['row', 'task.requested']);
  });

  test('when the task does not exist', async () => {
    const row = { boundaryId: 'approved.nobody', grantDigest: 'a'.repeat(64) };
    expect(await decide(row, 'bob')).toMatchObject({ status: 404, error: 'UnknownTask' });
    expect(await tracesOf(stack, row.boundaryId)).toEqual([]);
  });
});

describe('an approved task does not run when', () => {
  const tables = () => DynamoDBDocumentClient.from(new DynamoDBClient({ ...stack.connection.config }));
  const tamper = async (row: LedgerRow, change: Partial<LedgerRow>) => {
    const now = await rowOf(stack, row.boundaryId);
    await tables().send(
      new PutCommand({ TableName: stack.connection.manifest.ledgerTable, Item: { ...now, ...change } }),
    );
  };
  const types: Record<string, (old: TaskTypeConfig) => Partial<TaskTypeConfig>> = {
    tools: (old) => ({
      tools: old.tools.map((tool) => ({ ...tool, actions: [...tool.actions, 's3:PutObject'] })),
    }),
    'the lease': (old) => ({ leaseSeconds: old.leaseSeconds - 1 }),
    'the duration of the task': (old) => ({ taskSeconds: old.taskSeconds + 1 }),
    'the work code': (old) => ({ workVersionArn: old.workVersionArn.replace(/\d+$/, '99') }),
    'the work role': (old) => ({ workRoleArn: `${old.workRoleArn}2` }),
    'a secret': () => ({ secrets: { late: { kind: 'generated', characters: 32 } } }),
    'the quorum': () => ({ approval: { quorum: 3, expiresAfterSeconds: 3600 } }),
  };
  test.each(Object.entries(types))(
    '%s changed after the approval, which Admit finds',
    async (_what, change) => {
      const row = await submit(request());
      await decide(row, 'bob');
      whenEntering(stack, 'Admit', () =>
        onTestFinished(deployTypeChange(stack, 'approved', (old) => ({ ...old, ...change(old) }))),
      );
      await decide(row, 'carol');
      expect(await closed(row.boundaryId)).toMatchObject({ outcome: 'failed', leases: [] });
      expect(typesOf(await eventsOf(stack, row.boundaryId))).toContain('task.rejected');
      expect(sessionsOf(stack, row.boundaryId)).toEqual([]);
    },
  );

  test.each(Object.entries(types))(
    '%s changed after Admit, which IssueIdentity finds',
    async (_what, change) => {
      const row = await submit(request());
      await decide(row, 'bob');
      whenEntering(stack, 'IssueIdentity', () =>
        onTestFinished(deployTypeChange(stack, 'approved', (old) => ({ ...old, ...change(old) }))),
      );
      await decide(row, 'carol');
      expect(await closed(row.boundaryId)).toMatchObject({ outcome: 'failed', leases: [] });
      expect(sessionsOf(stack, row.boundaryId)).toEqual([]);
    },
  );

  test('its tools changed between two approvals, because the second one is not counted', async () => {
    const row = await submit(request());
    await decide(row, 'bob');
    const undo = deployTypeChange(stack, 'approved', (old) => ({ ...old, ...types['tools']?.(old) }));
    expect(await decide(row, 'carol')).toMatchObject({
      status: 409,
      text: expect.stringContaining('is not what would be granted now'),
    });
    undo();
    expect((await rowOf(stack, row.boundaryId)).phase).toBe('requested');
  });

  test.each<[string, Partial<LedgerRow>]>([
    ['parameters', { parameters: { how: 'throws' } }],
    ['the window', { window: { opensAtMs: 1_000, closesAtMs: 9_999_999_999_000 } }],
    ['one approval', { decisions: [] }],
    ['the requester', { requester: 'carol' }],
  ])('%s changed in the row', async (_what, change) => {
    const row = await submit(request());
    await decide(row, 'bob');
    const allow = await forbid(stack, 'Decide', ['states:StartExecution']);
    await decide(row, 'carol');
    await tamper(row, change);
    allow();
    expect(await closed(row.boundaryId)).toMatchObject({ outcome: 'failed', leases: [] });
    expect(sessionsOf(stack, row.boundaryId)).toEqual([]);
  });

  test('an execution is started by hand before the approval', async () => {
    const row = await submit(request());
    await decide(row, 'bob');
    const owner = new SFNClient({ ...stack.connection.config });
    const stateMachineArn = machineOf(stack, 'Approved');
    await owner.send(new StartExecutionCommand({ stateMachineArn, name: row.taskId, input: '{}' }));
    expect(await closed(row.boundaryId)).toMatchObject({ outcome: 'failed', leases: [] });
    expect(await decide(row, 'carol')).toMatchObject({ status: 409 });
    expect(sessionsOf(stack, row.boundaryId)).toEqual([]);
  });
});

describe('the evidence is complete when a function stops after its write', () => {
  const typesAfter = async (row: LedgerRow) => {
    await closed(row.boundaryId);
    return typesOf(await eventsOf(stack, row.boundaryId));
  };

  test('of an early end by a person', async () => {
    const row = await submit(request());
    const allow = await forbid(stack, 'End', ['states:StartExecution']);
    stack.aws.intercept = refuseWritesTo('End', 'PutItem', 'evidence');
    expect((await endTask(row.boundaryId, 'dave')).status).toBe(500);
    stack.aws.intercept = undefined;
    expect(await typesAfter(row)).toContain('task.ended');
    expect(dataOf(await eventsOf(stack, row.boundaryId), 'task.ended')).toMatchObject({ person: 'dave' });
    allow();
  });

  test.each(['approve', 'refuse'] as const)('of a decision to %s', async (decision) => {
    const row = await submit(request());
    stack.aws.intercept = refuseWritesTo('Decide', 'PutItem', 'evidence');
    expect((await decide(row, 'bob', { decision })).status).toBe(500);
    stack.aws.intercept = undefined;
    await endTask(row.boundaryId, 'dave');
    expect(await typesAfter(row)).toContain(decision === 'approve' ? 'approval.granted' : 'approval.refused');
  });

  test('of an expired approval', async () => {
    const row = await submit(request());
    await stack.aws.clock.sleep(3_600_000 - 30_000);
    stack.aws.intercept = refuseWritesTo('Reconcile', 'PutItem', 'evidence');
    await stack.aws.clock.sleep(120_000);
    expect((await rowOf(stack, row.boundaryId)).rejection?.by).toBe('expiry');
    await endTask(row.boundaryId, 'dave');
    stack.aws.intercept = undefined;
    expect(await typesAfter(row)).toContain('approval.expired');
  });

  test('of a review, which is answered and recorded once when it is repeated', async () => {
    const row = await submit(request('succeed', { emergency: 'production is down' }));
    const review = { boundaryId: `${row.boundaryId}.review`, grantDigest: row.grantDigest };
    stack.aws.intercept = refuseWritesTo('Decide', 'PutItem', 'evidence');
    expect((await decide(review, 'bob')).status).toBe(500);
    stack.aws.intercept = undefined;
    expect((await decide(review, 'bob')).status).toBe(200);
    expect(typesOf(await eventsOf(stack, review.boundaryId))).toEqual(['review.opened', 'review.decided']);
    await closed(row.boundaryId);
  });
});

/** Refuses the writes of a function to one of the tables. */
const refuseWritesTo =
  (name: string, operation: string, table: 'evidence' | 'ledger') =>
  (call: InterceptedCall): Verdict =>
    call.operation === operation &&
    call.caller.arn.includes(`Control${name}`) &&
    Buffer.from(call.request.body).toString('utf8').includes(tableOf(table))
      ? { refuse: { name: 'ResourceInUseException', message: 'died', status: 400 } }
      : 'proceed';
const tableOf = (table: 'evidence' | 'ledger'): string => stack.connection.manifest[`${table}Table`];

describe('attempts of people without permission', () => {
  test('do not displace the recorded attempts of permitted people', async () => {
    const row = await submit(request());
    const undo = deployTypeChange(stack, 'approved', (old) => ({
      ...old,
      people: { ...old.people, end: [] },
    }));
    for (let number = 0; number < 12; number += 1) await endTask(row.boundaryId, `stranger-${number}`);
    undo();
    await decide(row, 'ann', { role: 'Approvers' });
    const attempts = (await eventsOf(stack, row.boundaryId)).filter(({ type }) => type === 'attempt.refused');
    expect(attempts.map(({ data }) => data['code'])).toEqual(['not-permitted', 'requester']);
  });
});

describe('an early end', () => {
  test('closes a waiting task without running it', async () => {
    const row = await submit(request());
    await decide(row, 'bob');
    expect((await endTask(row.boundaryId, 'dave')).status).toBe(200);
    expect(await decide(row, 'carol')).toMatchObject({ status: 409 });
    expect(await closed(row.boundaryId)).toMatchObject({
      outcome: 'failed',
      proof: { kind: 'nothing-issued' },
      work: { error: 'TaskEnded', cause: 'Ended by dave: enough' },
    });
    expect(executionsOf(row.boundaryId)).toEqual([]);
  });

  test('ends access at once, stops the execution and is proven by refusal while the task works', async () => {
    const row = await submit(request('hangs'));
    await decide(row, 'bob');
    const entered = new Promise<void>((resolve) => whenEntering(stack, 'RunWork', resolve));
    await decide(row, 'carol');
    await entered;
    const atMs = stack.aws.clock.nowMs();
    expect((await endTask(row.boundaryId, 'dave')).status).toBe(200);
    const end = await closed(row.boundaryId);
    expect(end).toMatchObject({ proof: { kind: 'refused' }, work: { error: 'TaskEnded' } });
    expect((end.deny?.putAtMs ?? Infinity) - atMs).toBeLessThan(5_000);
    expect((await stack.execution(row.executionArn)).status).toBe('ABORTED');
    const events = await eventsOf(stack, row.boundaryId);
    expect(dataOf(events, 'task.ended')).toMatchObject({ person: 'dave', reason: 'enough', wasIn: 'open' });
    expect(dataOf(events, 'boundary.closed')?.['error']).toBe('TaskEnded');
  });

  test('gives the same answer when it is repeated, and is refused for another person', async () => {
    const row = await submit(request());
    expect((await endTask(row.boundaryId, 'dave')).status).toBe(200);
    expect((await endTask(row.boundaryId, 'dave')).status).toBe(200);
    expect(await endTask(row.boundaryId, 'bob')).toMatchObject({ status: 409, error: 'AlreadyEnded' });
    await closed(row.boundaryId);
  });

  test('is completed by the reconciler when the other calls fail', async () => {
    const row = await submit(request());
    const allow = await forbid(stack, 'End', ['states:StartExecution']);
    expect((await endTask(row.boundaryId, 'dave')).status).toBe(500);
    expect((await rowOf(stack, row.boundaryId)).phase).toBe('revoking');
    expect((await closed(row.boundaryId)).outcome).toBe('failed');
    allow();
  });

  test('is refused without permission, by IAM at the URL or by the function', async () => {
    const row = await submit(request());
    expect(await endTask(row.boundaryId, 'ann', 'Requesters')).toMatchObject({ status: 403 });
    onTestFinished(
      deployTypeChange(stack, 'approved', (old) => ({ ...old, people: { ...old.people, end: [] } })),
    );
    expect(await endTask(row.boundaryId, 'dave')).toMatchObject({ status: 403, error: 'NotPermitted' });
    expect(dataOf(await eventsOf(stack, row.boundaryId), 'attempt.refused')).toMatchObject({ what: 'end' });
    expect((await rowOf(stack, row.boundaryId)).phase).toBe('requested');
  });
});

describe('an emergency', () => {
  test('runs at once, and its review stays open until another person decides it', async () => {
    const asked = request('succeed', { emergency: 'production is down' });
    const row = await submit(asked);
    expect((await closed(row.boundaryId)).outcome).toBe('succeeded');
    const review = { boundaryId: `${row.boundaryId}.review`, grantDigest: row.grantDigest };
    expect(typesOf(await eventsOf(stack, review.boundaryId))).toEqual(['review.opened']);
    expect(await decide(review, 'ann', { role: 'Approvers' })).toMatchObject({ status: 409 });
    expect((await decide(review, 'bob')).status).toBe(200);
    expect(await decide(review, 'carol', { decision: 'refuse' })).toMatchObject({ status: 409 });
    expect(typesOf(await eventsOf(stack, review.boundaryId))).toEqual([
      'review.opened',
      'attempt.refused',
      'review.decided',
      'attempt.refused',
    ]);
  });

  test.each([
    [{ emergency: '' }, /Field emergency is ""/],
    [{ emergency: 7 }, /Field emergency is 7/],
  ])('needs a reason: %j', async (change, message) => {
    const asked = { ...request(), ...change };
    expect(await post(stack, JSON.stringify(asked))).toMatchObject({
      status: 400,
      text: expect.stringMatching(message),
    });
    expect(await tracesOf(stack, idOf(asked as Request))).toEqual([]);
  });

  test('is refused by a type that does not allow it', async () => {
    const asked = { ...request(), type: 'raw', emergency: 'now' };
    expect(await post(stack, JSON.stringify(asked))).toMatchObject({
      status: 400,
      text: expect.stringContaining('Field emergency is given'),
    });
  });
});
