import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLOSES_MS, ControlPlane, MAINTENANCE, OPENS_MS } from '../../fixtures/control-plane.ts';
import { inPhase } from '../../fixtures/row.ts';

let plane: ControlPlane;
beforeAll(async () => void (plane = await ControlPlane.open()));
afterAll(() => plane.close());

describe('Admit', () => {
  test('writes the event and then the phase of a task that may run', async () => {
    const owner = await plane.taskBefore('Admit');
    expect(await plane.step('Admit', owner)).toEqual({ boundaryId: owner.boundaryId, waitUntil: null });
    expect((await plane.row(owner.boundaryId)).phase).toBe('admitted');
    const event = (await plane.events(owner.boundaryId)).at(-1);
    expect(event).toMatchObject({
      id: 'task.admitted',
      actor: 'admit',
      data: { executionArn: owner.executionArn, leaseSeconds: 120 },
    });
  });

  test('returns the same answer and writes no second event when it is called again', async () => {
    const owner = await plane.taskBefore('Admit');
    const first = await plane.step('Admit', owner);
    const { revision } = await plane.row(owner.boundaryId);
    expect(await plane.step('Admit', owner)).toEqual(first);
    expect((await plane.row(owner.boundaryId)).revision).toBe(revision);
    expect(await plane.eventIds(owner.boundaryId)).toEqual(['task.requested', 'task.admitted']);
  });

  test('completes its work when it is called again after a lost answer', async () => {
    const whole = await plane.endOf('Admit', await plane.taskBefore('Admit'));
    const ends = await plane.afterEachLostAnswer('Admit');
    expect(ends.length).toBeGreaterThan(4);
    for (const end of ends) expect(end).toEqual(whole);
  });

  test.each(['open', 'revoking', 'revoked'] as const)(
    'throws PhasePassed when the boundary is already %s',
    async (phase) => {
      const owner = await plane.taskBefore('Admit');
      const before = await plane.change(owner.boundaryId, (row) => inPhase(row, phase));
      await expect(plane.step('Admit', owner)).rejects.toMatchObject({ name: 'PhasePassed' });
      expect(await plane.row(owner.boundaryId)).toEqual(before);
      expect(await plane.eventIds(owner.boundaryId)).toEqual(['task.requested']);
    },
  );

  test('admits a task before its window opens and returns the time until which it waits', async () => {
    const owner = await plane.approved();
    expect(await plane.step('Admit', owner)).toMatchObject({ waitUntil: new Date(OPENS_MS).toISOString() });
    expect((await plane.row(owner.boundaryId)).phase).toBe('admitted');
  });
});

describe('Admit throws NotTheOwner and changes nothing', () => {
  test('for an execution that does not own the task', async () => {
    const owner = await plane.taskBefore('Admit');
    const before = await plane.row(owner.boundaryId);
    const call = plane.step('Admit', owner, { executionArn: `${owner.executionArn}-by-hand` });
    await expect(call).rejects.toMatchObject({ name: 'NotTheOwner' });
    expect(await plane.row(owner.boundaryId)).toEqual(before);
  });

  test('for a task that was not submitted', async () => {
    const { boundaryId } = plane.newId();
    const call = plane.step('Admit', { boundaryId, executionArn: 'arn:of:another' });
    await expect(call).rejects.toMatchObject({ name: 'NotTheOwner' });
  });
});

describe('Admit records a rejection in the row and in the evidence', () => {
  const rejected = async (owner: { readonly boundaryId: string }) => {
    const { rejection, phase } = await plane.row(owner.boundaryId);
    const event = (await plane.events(owner.boundaryId)).at(-1);
    expect(event).toMatchObject({ type: 'task.rejected', actor: 'admit' });
    return { phase, cause: rejection?.cause ?? '' };
  };

  test('for a task whose grant differs from the requested grant', async () => {
    const owner = await plane.taskBefore('Admit');
    await plane.change(owner.boundaryId, (row) => ({ ...row, grantDigest: '0'.repeat(64) }));
    await expect(plane.step('Admit', owner)).rejects.toMatchObject({ name: 'TaskRejected' });
    expect(await rejected(owner)).toMatchObject({
      phase: 'approved',
      cause: expect.stringContaining('grant digest'),
    });
  });

  test('for a task whose execution would run another work version', async () => {
    const owner = await plane.taskBefore('Admit');
    const call = plane.step('Admit', owner, { workVersion: 'arn:of:work:7' });
    await expect(call).rejects.toMatchObject({ name: 'TaskRejected' });
    expect(await rejected(owner)).toMatchObject({ cause: expect.stringContaining('arn:of:work:7') });
  });

  test('for a task that waits for approval', async () => {
    const owner = await plane.submitted(MAINTENANCE);
    await expect(plane.step('Admit', owner)).rejects.toMatchObject({ name: 'TaskRejected' });
    expect(await rejected(owner)).toMatchObject({
      phase: 'requested',
      cause: expect.stringContaining('2 approvals'),
    });
  });

  test('only once, so that the first reason is kept when it is called again', async () => {
    const owner = await plane.taskBefore('Admit');
    await expect(plane.step('Admit', owner, { workVersion: 'arn:of:work:7' })).rejects.toThrow(
      'arn:of:work:7',
    );
    await expect(plane.step('Admit', owner)).rejects.toThrow('arn:of:work:7');
    expect(await plane.eventIds(owner.boundaryId)).toEqual(['task.requested', 'task.rejected']);
  });

  test('for an admitted task that no longer fits into its window', async () => {
    const owner = await plane.approved();
    await plane.step('Admit', owner);
    const atMs = plane.clock.nowMs();
    plane.advance(CLOSES_MS - atMs - 60_000);
    await expect(plane.step('Admit', owner)).rejects.toThrow('its window leaves 60 s');
    expect(await rejected(owner)).toMatchObject({ phase: 'admitted' });
  });
});
