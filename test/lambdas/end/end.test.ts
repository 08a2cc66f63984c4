import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ControlPlane, type Owner } from '../../fixtures/control-plane.ts';
import { inPhase } from '../../fixtures/row.ts';

let plane: ControlPlane;
beforeAll(async () => void (plane = await ControlPlane.open()));
afterAll(() => plane.close());

/** A task whose work runs. */
const working = () => plane.taskBefore('RevokeAndRecord');
const end = (person: string, { boundaryId }: Owner, reason = 'Not needed any more', role?: string) =>
  plane.post('End', person, { task: boundaryId, reason }, role);

describe('End', () => {
  test('ends a task: in the row, in the evidence, by Teardown, and its execution', async () => {
    const owner = await working();
    expect(await end('erin', owner)).toMatchObject({
      status: 200,
      body: { person: 'erin', phase: 'revoking' },
    });
    const row = await plane.row(owner.boundaryId);
    expect(row).toMatchObject({
      phase: 'revoking',
      ended: { person: 'erin', reason: 'Not needed any more', wasIn: 'open' },
      work: { status: 'failed', error: 'TaskEnded' },
      teardown: { attempt: 1 },
    });
    expect((await plane.events(owner.boundaryId)).at(-1)?.type).toBe('task.ended');
    expect(plane.execution(row.teardown?.executionArn ?? '')).toBe('RUNNING');
    expect(plane.execution(owner.executionArn)).toBe('ABORTED');
  });

  test('called again by the same person with the same reason: the same answer, and one Teardown', async () => {
    const owner = await working();
    const first = await end('erin', owner);
    const before = await plane.row(owner.boundaryId);
    expect(await end('erin', owner)).toEqual(first);
    expect(await plane.row(owner.boundaryId)).toEqual(before);
  });

  test('half done: the same call completes what a lost answer interrupted', async () => {
    for (let call = 1; ; call += 1) {
      const owner = await working();
      const calls = plane.loseAnswerOf(call);
      const first = await end('erin', owner);
      plane.recover();
      if (calls() < call) break;
      const answer = first.status === 200 ? first : await end('erin', owner);
      expect(answer).toMatchObject({ status: 200, body: { phase: 'revoking' } });
      const { teardown } = await plane.row(owner.boundaryId);
      expect(teardown?.attempt).toBe(1);
      expect(plane.execution(teardown?.executionArn ?? '')).toBe('RUNNING');
      const types = (await plane.events(owner.boundaryId)).map(({ type }) => type);
      expect(types.filter((type) => type === 'task.ended')).toHaveLength(1);
    }
  });

  test('when the execution cannot be stopped: the task is ended all the same', async () => {
    const owner = await working();
    plane.refuse('StopExecution', 'AccessDeniedException');
    expect(await end('erin', owner)).toMatchObject({ status: 200 });
    plane.recover();
    expect(plane.execution(owner.executionArn)).toBe('RUNNING');
    expect((await plane.row(owner.boundaryId)).phase).toBe('revoking');
  });
});

describe('End refuses, changes nothing, and records the attempt', () => {
  const attempt = async ({ boundaryId }: Owner) => {
    const { type, data } = (await plane.events(boundaryId)).at(-1) ?? {};
    return { type, code: data?.['code'] };
  };

  test('by a role that may not end the type’s tasks: NotPermitted, 403', async () => {
    const owner = await working();
    const answer = await end('olga', owner, 'Because', 'Operators');
    expect(answer).toMatchObject({ status: 403, body: { error: 'NotPermitted' } });
    expect((await plane.row(owner.boundaryId)).phase).toBe('open');
    expect(await attempt(owner)).toEqual({ type: 'attempt.refused', code: 'not-permitted' });
  });

  test('late, when the task ends by itself: AlreadyEnded, 409', async () => {
    const owner = await working();
    await plane.change(owner.boundaryId, (row) => inPhase(row, 'revoking'));
    expect(await end('erin', owner)).toMatchObject({ status: 409, body: { error: 'AlreadyEnded' } });
    expect(await attempt(owner)).toEqual({ type: 'attempt.refused', code: 'already-ended' });
    expect((await plane.row(owner.boundaryId)).teardown).toBeUndefined();
  });

  test('late, when somebody else has ended it: AlreadyEnded, 409', async () => {
    const owner = await working();
    await end('erin', owner);
    expect(await end('bob', owner)).toMatchObject({ status: 409, body: { error: 'AlreadyEnded' } });
    expect((await plane.row(owner.boundaryId)).ended?.person).toBe('erin');
  });

  test('late, when it is closed: AlreadyEnded, 409, and its evidence stays as it was', async () => {
    const owner = await plane.taskBefore('CloseBoundary');
    await plane.step('CloseBoundary', owner);
    const before = await plane.eventIds(owner.boundaryId);
    expect(await end('erin', owner)).toMatchObject({ status: 409, body: { error: 'AlreadyEnded' } });
    expect(await plane.eventIds(owner.boundaryId)).toEqual(before);
  });
});

describe('End refuses a call', () => {
  test('about a task that was not submitted: UnknownTask, 404', async () => {
    const { boundaryId } = plane.newId();
    const answer = await plane.post('End', 'erin', { task: boundaryId, reason: 'Because' });
    expect(answer).toMatchObject({ status: 404, body: { error: 'UnknownTask' } });
  });

  test.each([
    ['without a reason', ''],
    ['with half a character in its reason', '\ud800'],
  ])('%s: MalformedRequest, 400', async (_what, reason) => {
    const owner = await working();
    expect(await end('erin', owner, reason)).toMatchObject({
      status: 400,
      body: { error: 'MalformedRequest' },
    });
    expect((await plane.row(owner.boundaryId)).phase).toBe('open');
  });
});
