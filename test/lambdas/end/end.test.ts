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
  test('records the end in the row and the evidence, starts Teardown and stops the execution', async () => {
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

  test('returns the same answer and starts no second Teardown for the same person and reason', async () => {
    const owner = await working();
    const first = await end('erin', owner);
    const before = await plane.row(owner.boundaryId);
    expect(await end('erin', owner)).toEqual(first);
    expect(await plane.row(owner.boundaryId)).toEqual(before);
  });

  test('completes its work when it is called again after a lost answer', async () => {
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

  test('ends the task when the execution cannot be stopped', async () => {
    const owner = await working();
    plane.refuse('StopExecution', 'AccessDeniedException');
    expect(await end('erin', owner)).toMatchObject({ status: 200 });
    plane.recover();
    expect(plane.execution(owner.executionArn)).toBe('RUNNING');
    expect((await plane.row(owner.boundaryId)).phase).toBe('revoking');
  });
});

describe('End refuses the call, changes nothing, and records the attempt', () => {
  const attempt = async ({ boundaryId }: Owner) => {
    const { type, data } = (await plane.events(boundaryId)).at(-1) ?? {};
    return { type, code: data?.['code'] };
  };

  test('with NotPermitted (403) when the role may not end tasks of the type', async () => {
    const owner = await working();
    const answer = await end('olga', owner, 'Because', 'Operators');
    expect(answer).toMatchObject({ status: 403, body: { error: 'NotPermitted' } });
    expect((await plane.row(owner.boundaryId)).phase).toBe('open');
    expect(await attempt(owner)).toEqual({ type: 'attempt.refused', code: 'not-permitted' });
  });

  test('with AlreadyEnded (409) when the task is already ending', async () => {
    const owner = await working();
    await plane.change(owner.boundaryId, (row) => inPhase(row, 'revoking'));
    expect(await end('erin', owner)).toMatchObject({ status: 409, body: { error: 'AlreadyEnded' } });
    expect(await attempt(owner)).toEqual({ type: 'attempt.refused', code: 'already-ended' });
    expect((await plane.row(owner.boundaryId)).teardown).toBeUndefined();
  });

  test('with AlreadyEnded (409) when another person has ended the task', async () => {
    const owner = await working();
    await end('erin', owner);
    expect(await end('bob', owner)).toMatchObject({ status: 409, body: { error: 'AlreadyEnded' } });
    expect((await plane.row(owner.boundaryId)).ended?.person).toBe('erin');
  });

  test('with AlreadyEnded (409) when the task is closed, without a change to its evidence', async () => {
    const owner = await plane.taskBefore('CloseBoundary');
    await plane.step('CloseBoundary', owner);
    const before = await plane.eventIds(owner.boundaryId);
    expect(await end('erin', owner)).toMatchObject({ status: 409, body: { error: 'AlreadyEnded' } });
    expect(await plane.eventIds(owner.boundaryId)).toEqual(before);
  });
});

describe('End refuses a call', () => {
  test('with UnknownTask (404) when the task was not submitted', async () => {
    const { boundaryId } = plane.newId();
    const answer = await plane.post('End', 'erin', { task: boundaryId, reason: 'Because' });
    expect(answer).toMatchObject({ status: 404, body: { error: 'UnknownTask' } });
  });

  test.each([
    ['the reason is empty', ''],
    ['the reason contains half of a character', '\ud800'],
  ])('with MalformedRequest (400) when %s', async (_what, reason) => {
    const owner = await working();
    expect(await end('erin', owner, reason)).toMatchObject({
      status: 400,
      body: { error: 'MalformedRequest' },
    });
    expect((await plane.row(owner.boundaryId)).phase).toBe('open');
  });
});
