import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ControlPlane, type Owner } from '../../fixtures/control-plane.ts';

let plane: ControlPlane;
beforeAll(async () => void (plane = await ControlPlane.open()));
afterAll(() => plane.close());

const failedIn = (state: string) => ({
  status: 'failed',
  state,
  error: 'States.Timeout',
  cause: 'It was slow',
});
const returned = (payload: unknown) => ({ ended: { status: 'returned', payload } });
const secretNames = () => plane.aws.secrets.store.all().map(({ name }) => name);

describe('RevokeAndRecord', () => {
  test('records the result, denies the session and destroys the secrets before it moves the phase', async () => {
    const owner = await plane.taskBefore('RevokeAndRecord');
    const { boundaryId } = owner;
    expect(await plane.step('RevokeAndRecord', owner)).toEqual({ boundaryId, phase: 'revoked' });
    const row = await plane.row(boundaryId);
    expect(row).toMatchObject({
      phase: 'revoked',
      work: { status: 'succeeded', result: { copied: true } },
      deny: { effective: true },
      secrets: [{ name: 'receiptKey', state: 'revoked' }],
    });
    const policies = plane.denies(row.deny?.roleName ?? '');
    expect(policies).toContain(row.deny?.policyName);
    expect(secretNames()).not.toContain(row.secrets[0]?.secretName);
    expect((await plane.eventIds(boundaryId)).slice(-3)).toEqual([
      'work.finished',
      'secret.revoked:receiptKey',
      'boundary.revoked:true',
    ]);
  });

  test('returns the phase and changes nothing when it is called again, also after the boundary is closed', async () => {
    const owner = await plane.taskBefore('CloseBoundary');
    const before = [await plane.row(owner.boundaryId), await plane.events(owner.boundaryId)];
    expect(await plane.step('RevokeAndRecord', owner)).toMatchObject({ phase: 'revoked' });
    expect([await plane.row(owner.boundaryId), await plane.events(owner.boundaryId)]).toEqual(before);
    await plane.step('CloseBoundary', owner);
    expect(await plane.step('RevokeAndRecord', owner)).toMatchObject({ phase: 'closed' });
  });

  test('completes its work when it is called again after a lost answer', async () => {
    const whole = await plane.endOf('RevokeAndRecord', await plane.taskBefore('RevokeAndRecord'));
    // Then a secret that is not found was deleted, and is not one that was made a moment ago.
    const ends = await plane.afterEachLostAnswer('RevokeAndRecord', 41_000);
    expect(ends.length).toBeGreaterThan(10);
    // When the answer to the deny was lost, the event says that its effect was not known.
    const sameEvents = (events: readonly string[]) => events.map((id) => id.replace(/:(true|false)$/, ''));
    for (const { error, phase, events } of ends) {
      expect([error, phase]).toEqual([whole.error, whole.phase]);
      expect(sameEvents(events)).toEqual(sameEvents(whole.events));
    }
  });

  test('does not count a secret that is not found as revoked while it may only be unknown for a moment', async () => {
    const owner = await plane.taskBefore('RevokeAndRecord');
    const { secrets } = await plane.row(owner.boundaryId);
    const [{ secretName = '' } = {}] = secrets;
    plane.aws.secrets.store.remove(secretName);
    await expect(plane.step('RevokeAndRecord', owner)).rejects.toMatchObject({ name: 'SecretUnrevoked' });
    const [found] = (await plane.row(owner.boundaryId)).secrets;
    expect(found).toMatchObject({
      state: 'unrevoked',
      error: expect.stringMatching(/^not found, but a secret/),
    });
    expect(await plane.eventIds(owner.boundaryId)).not.toContain('secret.revoked:receiptKey');
    plane.advance(41_000);
    expect(await plane.step('RevokeAndRecord', owner)).toMatchObject({ phase: 'revoked' });
    expect(await plane.eventIds(owner.boundaryId)).toContain('secret.revoked:receiptKey');
  });

  test('records a result with names of JavaScript’s built-in properties unchanged', async () => {
    const owner = await plane.taskBefore('RevokeAndRecord');
    const result = { constructor: [], toString: { hasOwnProperty: 'x' } };
    await plane.step('RevokeAndRecord', owner, returned({ done: true, result }));
    expect((await plane.row(owner.boundaryId)).work).toMatchObject({ status: 'succeeded', result });
    expect(
      (await plane.events(owner.boundaryId)).find(({ type }) => type === 'work.finished')?.data,
    ).toMatchObject({
      result,
    });
  });

  test('records no deny and no work for a task to which nothing was issued', async () => {
    const owner = await plane.taskBefore('IssueSecret');
    await plane.step('RevokeAndRecord', owner, { ended: failedIn('Issue receiptKey') });
    const row = await plane.row(owner.boundaryId);
    expect(row).toMatchObject({ phase: 'revoked', work: { status: 'failed', error: 'States.Timeout' } });
    expect(row.deny).toBeUndefined();
    expect(await plane.eventIds(owner.boundaryId)).toEqual([
      'task.requested',
      'task.admitted',
      'boundary.revoked:none',
    ]);
  });

  test('records the rejection as the outcome of a rejected task', async () => {
    const owner = await plane.taskBefore('Admit');
    await plane.step('Admit', owner, { workVersion: 'arn:of:work:7' }).catch(() => undefined);
    await plane.step('RevokeAndRecord', owner, { ended: failedIn('Admit') });
    expect((await plane.row(owner.boundaryId)).work).toMatchObject({ error: 'TaskRejected' });
  });
});

describe('RevokeAndRecord records that the work', () => {
  const workOf = async (owner: Owner) => (await plane.row(owner.boundaryId)).work;

  test.each<[string, object, object]>([
    ['failed', { ended: failedIn('RunWork') }, { error: 'States.Timeout', cause: 'It was slow' }],
    ['ended in an unknown way', { ended: { status: 'unknown' } }, { error: 'ExecutionEnded' }],
    [
      'returned a value that violates the contract',
      returned({ finished: true }),
      { error: 'WorkContractViolation' },
    ],
    [
      'returned half of a character',
      returned({ done: true, result: '\ud800' }),
      { error: 'WorkContractViolation' },
    ],
    [
      'returned too large a result',
      returned({ done: true, result: 'x'.repeat(40_000) }),
      { error: 'ResultTooLarge' },
    ],
    ['returned a checkpoint', returned({ done: false, checkpoint: 1 }), { error: 'ExecutionEnded' }],
  ])('%s', async (_how, event, work) => {
    const owner = await plane.taskBefore('RevokeAndRecord');
    await plane.step('RevokeAndRecord', owner, event);
    expect(await workOf(owner)).toMatchObject({ status: 'failed', ...work });
    expect((await plane.row(owner.boundaryId)).phase).toBe('revoked');
  });

  test('ended, once: the first recorded outcome is kept', async () => {
    const owner = await plane.taskBefore('RevokeAndRecord');
    plane.refuse('DeleteSecret', 'InternalServiceError', 500);
    await expect(plane.step('RevokeAndRecord', owner)).rejects.toMatchObject({ name: 'SecretUnrevoked' });
    plane.recover();
    await plane.step('RevokeAndRecord', owner, { ended: { status: 'unknown' } });
    expect(await workOf(owner)).toMatchObject({ status: 'succeeded' });
  });
});

describe('RevokeAndRecord, when AWS refuses a call', () => {
  test('records that the deny was refused and continues, because the deadline ends the session', async () => {
    const owner = await plane.taskBefore('RevokeAndRecord');
    plane.refuse('PutRolePolicy', 'LimitExceeded', 409);
    expect(await plane.step('RevokeAndRecord', owner)).toMatchObject({ phase: 'revoked' });
    plane.recover();
    const { deny } = await plane.row(owner.boundaryId);
    expect(deny).toMatchObject({ effective: false, error: expect.stringContaining('LimitExceeded') });
    expect((await plane.eventIds(owner.boundaryId)).at(-1)).toBe('boundary.revoked:false');
  });

  test('throws SecretUnrevoked and records it when a secret cannot be deleted, and revokes it in a later call', async () => {
    const owner = await plane.taskBefore('RevokeAndRecord');
    plane.refuse('DeleteSecret', 'InternalServiceError', 500);
    await expect(plane.step('RevokeAndRecord', owner)).rejects.toMatchObject({ name: 'SecretUnrevoked' });
    expect((await plane.row(owner.boundaryId)).secrets).toMatchObject([{ state: 'unrevoked' }]);
    plane.recover();
    await plane.step('RevokeAndRecord', owner);
    expect((await plane.row(owner.boundaryId)).secrets).toMatchObject([{ state: 'revoked' }]);
  });

  test('throws SecretUnrevoked for a secret that a function may still create, until that function has ended', async () => {
    const owner = await plane.taskBefore('IssueSecret');
    plane.refuse('CreateSecret', 'InternalServiceError', 500);
    await plane.step('IssueSecret', owner).catch(() => undefined);
    plane.recover();
    const ended = { ended: failedIn('Issue receiptKey') };
    await expect(plane.step('RevokeAndRecord', owner, ended)).rejects.toMatchObject({
      name: 'SecretUnrevoked',
    });
    plane.advance(120_000);
    expect(await plane.step('RevokeAndRecord', owner, ended)).toMatchObject({ phase: 'revoked' });
  });

  test('throws NotTheOwner for an execution that does not own the task', async () => {
    const owner = await plane.taskBefore('RevokeAndRecord');
    const call = plane.step('RevokeAndRecord', owner, { executionArn: 'arn:of:another' });
    await expect(call).rejects.toMatchObject({ name: 'NotTheOwner' });
    expect((await plane.row(owner.boundaryId)).phase).toBe('open');
  });
});
