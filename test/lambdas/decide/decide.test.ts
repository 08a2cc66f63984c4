import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ControlPlane, MAINTENANCE, type Owner } from '../../fixtures/control-plane.ts';

let plane: ControlPlane;
beforeAll(async () => void (plane = await ControlPlane.open()));
afterAll(() => plane.close());

const waiting = () => plane.submitted(MAINTENANCE);

async function decide(person: string, { boundaryId }: Owner, change: object = {}, role?: string) {
  const { grantDigest } = await plane.row(boundaryId);
  const call = { task: boundaryId, decision: 'approve', grantDigest, ...change };
  return plane.post('Decide', person, call, role);
}
const refuse = { decision: 'refuse', reason: 'Not today' };

describe('Decide', () => {
  test('counts each approval, and starts the task with the one that completes the quorum', async () => {
    const owner = await waiting();
    expect(await decide('bob', owner)).toMatchObject({
      status: 200,
      body: { person: 'bob', phase: 'requested', approvals: 1, quorum: 2 },
    });
    expect(plane.execution(owner.executionArn)).toBeUndefined();
    expect(await decide('carol', owner)).toMatchObject({
      status: 200,
      body: { phase: 'approved', approvals: 2 },
    });
    expect(plane.execution(owner.executionArn)).toBe('RUNNING');
    expect((await plane.events(owner.boundaryId)).map(({ type }) => type)).toEqual([
      'task.requested',
      'approval.granted',
      'approval.granted',
    ]);
  });

  test('a refusal is final: recorded with its reason, and the execution closes the task', async () => {
    const owner = await waiting();
    expect(await decide('bob', owner, refuse)).toMatchObject({ status: 200, body: { decision: 'refuse' } });
    expect(await plane.row(owner.boundaryId)).toMatchObject({
      phase: 'requested',
      rejection: { by: 'refusal', cause: expect.stringContaining('Not today') },
    });
    expect((await plane.events(owner.boundaryId)).at(-1)?.type).toBe('approval.refused');
    expect(plane.execution(owner.executionArn)).toBe('RUNNING');
    expect(await decide('carol', owner)).toMatchObject({ status: 409, body: { error: 'DecisionRefused' } });
  });

  test('two at the same time: both count, and the task is started once', async () => {
    const owner = await waiting();
    const answers = await Promise.all([decide('bob', owner), decide('carol', owner)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await plane.row(owner.boundaryId)).decisions).toHaveLength(2);
    expect(plane.execution(owner.executionArn)).toBe('RUNNING');
  });

  test('half done: a decision whose answer was lost is in the row, and its person is not asked again', async () => {
    for (let call = 1; ; call += 1) {
      const owner = await waiting();
      const calls = plane.loseAnswerOf(call);
      const first = await decide('bob', owner);
      plane.recover();
      if (calls() < call) break;
      if (first.status !== 200) await decide('bob', owner);
      await decide('carol', owner);
      expect(await plane.row(owner.boundaryId)).toMatchObject({ phase: 'approved' });
      expect(plane.execution(owner.executionArn)).toBe('RUNNING');
    }
  });
});

describe('Decide refuses, changes nothing, and records the attempt', () => {
  const attempt = async ({ boundaryId }: Owner) => {
    const { type, data } = (await plane.events(boundaryId)).at(-1) ?? {};
    return { type, code: data?.['code'] };
  };
  const decisionsOf = async ({ boundaryId }: Owner) => (await plane.row(boundaryId)).decisions ?? [];

  test('repeated by the same person: DecisionRefused, 409', async () => {
    const owner = await waiting();
    await decide('bob', owner);
    plane.advance(1000);
    expect(await decide('bob', owner)).toMatchObject({ status: 409, body: { error: 'DecisionRefused' } });
    expect(await decisionsOf(owner)).toHaveLength(1);
    expect(await attempt(owner)).toEqual({ type: 'attempt.refused', code: 'already-decided' });
  });

  test('by the person who asked for the task: DecisionRefused, 409', async () => {
    const owner = await waiting();
    expect(await decide('ann', owner)).toMatchObject({ status: 409, body: { error: 'DecisionRefused' } });
    expect(await attempt(owner)).toEqual({ type: 'attempt.refused', code: 'requester' });
  });

  test('for another grant than was asked for: DecisionRefused, 409', async () => {
    const owner = await waiting();
    const answer = await decide('bob', owner, { grantDigest: '0'.repeat(64) });
    expect(answer).toMatchObject({ status: 409, body: { error: 'DecisionRefused' } });
    expect(await attempt(owner)).toEqual({ type: 'attempt.refused', code: 'other-grant' });
  });

  test('by a role that may not decide: NotPermitted, 403', async () => {
    const owner = await waiting();
    const answer = await decide('mallory', owner, {}, 'Requesters');
    expect(answer).toMatchObject({ status: 403, body: { error: 'NotPermitted' } });
    expect(await attempt(owner)).toEqual({ type: 'attempt.refused', code: 'not-permitted' });
    expect(await decisionsOf(owner)).toEqual([]);
  });

  test('late, when the task runs already: DecisionRefused, 409', async () => {
    const owner = await plane.approved();
    expect(await decide('dave', owner)).toMatchObject({ status: 409, body: { error: 'DecisionRefused' } });
    expect(await attempt(owner)).toEqual({ type: 'attempt.refused', code: 'not-waiting' });
  });

  test('late, when the approval has expired: DecisionRefused, 409', async () => {
    const owner = await waiting();
    await plane.change(owner.boundaryId, (row) => ({
      ...row,
      approval: { quorum: 2, expiresAtMs: plane.clock.nowMs() },
    }));
    expect(await decide('bob', owner)).toMatchObject({ status: 409, body: { error: 'DecisionRefused' } });
    expect(await attempt(owner)).toEqual({ type: 'attempt.refused', code: 'expired' });
  });
});

describe('Decide refuses a call', () => {
  test('about a task that was not submitted: UnknownTask, 404', async () => {
    const { boundaryId } = plane.newId('database-maintenance');
    const answer = await plane.post('Decide', 'bob', { task: boundaryId, decision: 'approve' });
    expect(answer).toMatchObject({ status: 404, body: { error: 'UnknownTask' } });
  });

  test.each<[string, object]>([
    ['that approves without a grant digest', { grantDigest: undefined }],
    ['that refuses without a reason', { decision: 'refuse' }],
    ['that decides something else', { decision: 'postpone' }],
    ['with half a character in its reason', { reason: '\ud800' }],
  ])('%s: MalformedRequest, 400', async (_what, change) => {
    const owner = await waiting();
    expect(await decide('bob', owner, change)).toMatchObject({
      status: 400,
      body: { error: 'MalformedRequest' },
    });
    expect(await plane.eventIds(owner.boundaryId)).toEqual(['task.requested']);
  });
});

describe('Decide about the review of an emergency', () => {
  const emergency = async (): Promise<string> => {
    const { boundaryId } = await plane.submitted({ ...MAINTENANCE, emergency: 'The shop is down' });
    return `${boundaryId}.review`;
  };
  const review = (person: string, task: string, decision = 'approve') =>
    plane.post('Decide', person, { task, decision, reason: 'Seen' });

  test('records it once; the task itself is not touched', async () => {
    const task = await emergency();
    expect(await review('bob', task)).toMatchObject({ status: 200, body: { phase: 'justified' } });
    expect(await review('bob', task)).toMatchObject({ status: 200, body: { phase: 'justified' } });
    expect(await plane.eventIds(task)).toEqual(['review.opened', 'review.decided']);
    expect(await plane.row(task.replace('.review', ''))).toMatchObject({ phase: 'approved' });
  });

  test('by the person who asked, or after it was decided: DecisionRefused, 409', async () => {
    const task = await emergency();
    expect(await review('ann', task)).toMatchObject({ status: 409, body: { error: 'DecisionRefused' } });
    expect(await review('bob', task, 'refuse')).toMatchObject({ body: { phase: 'unjustified' } });
    expect(await review('carol', task)).toMatchObject({ status: 409, body: { error: 'DecisionRefused' } });
  });

  test('of a task that is no emergency: UnknownTask, 404', async () => {
    const { boundaryId } = await waiting();
    expect(await review('bob', `${boundaryId}.review`)).toMatchObject({ status: 404 });
  });
});
