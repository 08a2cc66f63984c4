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
  test('counts each approval, and starts the task when the quorum is complete', async () => {
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

  test('records a refusal with its reason, and starts the execution that closes the task', async () => {
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

  test('counts two approvals at the same time and starts the task once', async () => {
    const owner = await waiting();
    const answers = await Promise.all([decide('bob', owner), decide('carol', owner)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await plane.row(owner.boundaryId)).decisions).toHaveLength(2);
    expect(plane.execution(owner.executionArn)).toBe('RUNNING');
  });

  test('counts a decision once when its answer was lost', async () => {
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

describe('Decide refuses a decision, changes nothing, and records the attempt', () => {
  const attempt = async ({ boundaryId }: Owner) => {
    const { type, data } = (await plane.events(boundaryId)).at(-1) ?? {};
    return { type, code: data?.['code'] };
  };
  const decisionsOf = async ({ boundaryId }: Owner) => (await plane.row(boundaryId)).decisions ?? [];

  test('with DecisionRefused (409) when the same person decides again', async () => {
    const owner = await waiting();
    await decide('bob', owner);
    plane.advance(1000);
    expect(await decide('bob', owner)).toMatchObject({ status: 409, body: { error: 'DecisionRefused' } });
    expect(await decisionsOf(owner)).toHaveLength(1);
    expect(await attempt(owner)).toEqual({ type: 'attempt.refused', code: 'already-decided' });
  });

  test('with DecisionRefused (409) when the requester decides', async () => {
    const owner = await waiting();
    expect(await decide('ann', owner)).toMatchObject({ status: 409, body: { error: 'DecisionRefused' } });
    expect(await attempt(owner)).toEqual({ type: 'attempt.refused', code: 'requester' });
  });

  test('with DecisionRefused (409) when the decision is about another grant', async () => {
    const owner = await waiting();
    const answer = await decide('bob', owner, { grantDigest: '0'.repeat(64) });
    expect(answer).toMatchObject({ status: 409, body: { error: 'DecisionRefused' } });
    expect(await attempt(owner)).toEqual({ type: 'attempt.refused', code: 'other-grant' });
  });

  test('with NotPermitted (403) when the role may not decide', async () => {
    const owner = await waiting();
    const answer = await decide('mallory', owner, {}, 'Requesters');
    expect(answer).toMatchObject({ status: 403, body: { error: 'NotPermitted' } });
    expect(await attempt(owner)).toEqual({ type: 'attempt.refused', code: 'not-permitted' });
    expect(await decisionsOf(owner)).toEqual([]);
  });

  test('with DecisionRefused (409) when the task already runs', async () => {
    const owner = await plane.approved();
    expect(await decide('dave', owner)).toMatchObject({ status: 409, body: { error: 'DecisionRefused' } });
    expect(await attempt(owner)).toEqual({ type: 'attempt.refused', code: 'not-waiting' });
  });

  test('with DecisionRefused (409) when the approval has expired', async () => {
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
  test('with UnknownTask (404) when the task was not submitted', async () => {
    const { boundaryId } = plane.newId('database-maintenance');
    const answer = await plane.post('Decide', 'bob', { task: boundaryId, decision: 'approve' });
    expect(answer).toMatchObject({ status: 404, body: { error: 'UnknownTask' } });
  });

  test.each<[string, object]>([
    ['an approval has no grant digest', { grantDigest: undefined }],
    ['a refusal has no reason', { decision: 'refuse' }],
    ['the decision is unknown', { decision: 'postpone' }],
    ['the reason contains half of a character', { reason: '\ud800' }],
  ])('with MalformedRequest (400) when %s', async (_what, change) => {
    const owner = await waiting();
    expect(await decide('bob', owner, change)).toMatchObject({
      status: 400,
      body: { error: 'MalformedRequest' },
    });
    expect(await plane.eventIds(owner.boundaryId)).toEqual(['task.requested']);
  });
});

describe('Decide, for the review of an emergency', () => {
  const emergency = async (): Promise<string> => {
    const { boundaryId } = await plane.submitted({ ...MAINTENANCE, emergency: 'The shop is down' });
    return `${boundaryId}.review`;
  };
  const review = (person: string, task: string, decision = 'approve') =>
    plane.post('Decide', person, { task, decision, reason: 'Seen' });

  test('records the decision once and does not change the task', async () => {
    const task = await emergency();
    expect(await review('bob', task)).toMatchObject({ status: 200, body: { phase: 'justified' } });
    expect(await review('bob', task)).toMatchObject({ status: 200, body: { phase: 'justified' } });
    expect(await plane.eventIds(task)).toEqual(['review.opened', 'review.decided']);
    expect(await plane.row(task.replace('.review', ''))).toMatchObject({ phase: 'approved' });
  });

  test('throws DecisionRefused (409) for the requester, and after the review was decided', async () => {
    const task = await emergency();
    expect(await review('ann', task)).toMatchObject({ status: 409, body: { error: 'DecisionRefused' } });
    expect(await review('bob', task, 'refuse')).toMatchObject({ body: { phase: 'unjustified' } });
    expect(await review('carol', task)).toMatchObject({ status: 409, body: { error: 'DecisionRefused' } });
  });

  test('throws UnknownTask (404) for a task that is not an emergency', async () => {
    const { boundaryId } = await waiting();
    expect(await review('bob', `${boundaryId}.review`)).toMatchObject({ status: 404 });
  });
});
