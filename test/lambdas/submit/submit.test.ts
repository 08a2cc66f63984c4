import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ControlPlane, MAINTENANCE, TRANSFER } from '../../fixtures/control-plane.ts';
import { inPhase } from '../../fixtures/row.ts';

let plane: ControlPlane;
beforeAll(async () => void (plane = await ControlPlane.open()));
afterAll(() => plane.close());

const submit = (taskId: string, change: object = {}, person = 'ann') =>
  plane.post('Submit', person, { ...TRANSFER, taskId, ...change });

describe('Submit', () => {
  test('records the request, approves it and starts its execution', async () => {
    const { taskId, boundaryId } = plane.newId();
    const { status, body } = await submit(taskId);
    const row = await plane.row(boundaryId);
    expect(status).toBe(200);
    expect(body).toEqual({
      taskId,
      boundaryId,
      executionArn: row.executionArn,
      phase: 'approved',
      created: true,
    });
    expect(row).toMatchObject({
      phase: 'approved',
      requester: 'ann',
      reason: TRANSFER.reason,
      parameters: TRANSFER.parameters,
      secrets: [{ name: 'receiptKey', state: 'planned' }],
      leases: [],
    });
    expect(await plane.events(boundaryId)).toMatchObject([
      { id: 'task.requested', data: { grantDigest: row.grantDigest, requestDigest: row.requestDigest } },
    ]);
    expect(plane.execution(row.executionArn)).toBe('RUNNING');
  });

  test('creates an id for a request without one', async () => {
    const { status, body } = await plane.post('Submit', 'ann', TRANSFER);
    expect([status, body['created']]).toEqual([200, true]);
    expect(body['boundaryId']).toBe(`object-transfer.${String(body['taskId'])}`);
  });

  test('returns the same task and writes nothing when the same request is repeated', async () => {
    const { taskId, boundaryId } = plane.newId();
    const first = await submit(taskId);
    const before = [await plane.row(boundaryId), await plane.events(boundaryId)];
    expect(await submit(taskId)).toEqual({ status: 200, body: { ...first.body, created: false } });
    expect([await plane.row(boundaryId), await plane.events(boundaryId)]).toEqual(before);
  });

  test('returns the current state of a closed task when its request is repeated', async () => {
    const { taskId, boundaryId } = plane.newId();
    await submit(taskId);
    await plane.change(boundaryId, (row) => inPhase(row, 'revoked'));
    expect((await submit(taskId)).body).toMatchObject({ phase: 'revoked', created: false });
  });

  test('completes its work when the request is repeated after a lost answer', async () => {
    for (let call = 1; ; call += 1) {
      const { taskId, boundaryId } = plane.newId();
      const calls = plane.loseAnswerOf(call);
      const first = await submit(taskId);
      plane.recover();
      if (calls() < call) break;
      const { status, body } = first.status === 200 ? first : await submit(taskId);
      expect([status, body['phase']]).toEqual([200, 'approved']);
      expect(await plane.eventIds(boundaryId)).toEqual(['task.requested']);
      expect(plane.execution(String(body['executionArn']))).toBe('RUNNING');
    }
  });

  test('records a task that needs approval and does not start it', async () => {
    const { boundaryId, executionArn } = await plane.submitted(MAINTENANCE);
    expect(await plane.row(boundaryId)).toMatchObject({ phase: 'requested', approval: { quorum: 2 } });
    expect(plane.execution(executionArn)).toBeUndefined();
  });

  test('starts an emergency without approval, and creates a review and a metric', async () => {
    const { boundaryId, executionArn } = await plane.submitted({
      ...MAINTENANCE,
      emergency: 'The shop is down',
    });
    expect(await plane.row(boundaryId)).toMatchObject({ phase: 'approved', emergency: 'The shop is down' });
    expect(plane.execution(executionArn)).toBe('RUNNING');
    expect(await plane.eventIds(`${boundaryId}.review`)).toEqual(['review.opened']);
    expect(plane.printed.at(-1)).toContain('Emergency');
  });
});

describe('Submit refuses the request and writes nothing', () => {
  const refused = async (taskId: string, boundaryId: string, change: object, person?: string) => {
    const { status, body } = await submit(taskId, change, person);
    expect(await plane.ledger.get(boundaryId)).toBeUndefined();
    return { status, error: body['error'], message: String(body['message']) };
  };

  test.each<[string, object]>([
    ['a type that the stack does not have', { type: 'no-such-type' }],
    ['a parameter that the type does not have', { parameters: { ...TRANSFER.parameters, more: 'x' } }],
    ['a parameter that is missing', { parameters: { sourceKey: 'from' } }],
    ['a request without a reason', { reason: '' }],
    ['half of a character in the reason', { reason: '\ud800' }],
    ['an emergency of a type that does not allow one', { emergency: 'It is urgent' }],
  ])('with MalformedRequest (400) for %s', async (_what, change) => {
    const { taskId, boundaryId } = plane.newId();
    expect(await refused(taskId, boundaryId, change)).toMatchObject({
      status: 400,
      error: 'MalformedRequest',
    });
  });

  test('with MalformedRequest (400) for the id of a scheduled run', async () => {
    const taskId = 'Nightly-20261124T030000Z';
    expect(await refused(taskId, `object-transfer.${taskId}`, {})).toMatchObject({ status: 400 });
  });

  test('with MalformedRequest (400) for a body that is not JSON', async () => {
    expect(await plane.post('Submit', 'ann', '{')).toMatchObject({ status: 400 });
  });

  test('with NotPermitted (403) for a role that may not submit the type', async () => {
    const { taskId, boundaryId } = plane.newId();
    const { status, body } = await plane.post('Submit', 'bob', { ...TRANSFER, taskId }, 'Approvers');
    expect([status, body['error']]).toEqual([403, 'NotPermitted']);
    expect(await plane.ledger.get(boundaryId)).toBeUndefined();
  });

  test('with TaskIdTaken (409) for an id of another request, without a change to that task', async () => {
    const { taskId, boundaryId } = plane.newId();
    await submit(taskId);
    const before = await plane.row(boundaryId);
    const { status, body } = await submit(taskId, { reason: 'Another reason' });
    expect([status, body['error']]).toEqual([409, 'TaskIdTaken']);
    expect(await plane.row(boundaryId)).toEqual(before);
  });
});

describe('Submit, while the stack is drained', () => {
  const drained = async (then: () => Promise<void>): Promise<void> => {
    await plane.putRow({ boundaryId: 'drain', sinceMs: 1, by: 'olga', reason: 'The stack is deleted' });
    await then();
    await plane.deleteRow('drain');
  };

  test('refuses a new task with StackDraining (409) and still answers for an existing task', async () => {
    const { taskId: known } = plane.newId();
    await submit(known);
    const { taskId, boundaryId } = plane.newId();
    await drained(async () => {
      const { status, body } = await submit(taskId);
      expect([status, body['error']]).toEqual([409, 'StackDraining']);
      expect(await plane.ledger.get(boundaryId)).toBeUndefined();
      expect(await submit(known)).toMatchObject({ status: 200, body: { created: false } });
    });
    expect(await submit(taskId)).toMatchObject({ status: 200, body: { created: true } });
  });
});

test('Submit answers 500, which a client may retry, when AWS refuses a call', async () => {
  const { taskId, boundaryId } = plane.newId();
  plane.refuse('StartExecution', 'InternalServerException', 500);
  expect(await submit(taskId)).toMatchObject({ status: 500, body: { error: 'InternalServerException' } });
  plane.recover();
  expect(await submit(taskId)).toMatchObject({ status: 200, body: { created: false } });
  expect(plane.execution((await plane.row(boundaryId)).executionArn)).toBe('RUNNING');
});
