import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ControlPlane, MAINTENANCE, OPENS_MS, type Owner } from '../../fixtures/control-plane.ts';
import { inPhase } from '../../fixtures/row.ts';

let plane: ControlPlane;
beforeAll(async () => void (plane = await ControlPlane.open()));
afterAll(() => plane.close());

const secretOf = async ({ boundaryId }: Owner) => {
  const [secret] = (await plane.row(boundaryId)).secrets;
  if (secret === undefined) throw new Error(`${boundaryId} has no secret.`);
  return secret;
};
const stored = (name: string) => plane.aws.secrets.store.all().find((secret) => secret.name === name);
describe('IssueSecret', () => {
  test('creates a secret that only its task can read, and records it', async () => {
    const owner = await plane.taskBefore('IssueSecret');
    const { secretName } = await secretOf(owner);
    expect(await plane.step('IssueSecret', owner)).toEqual({ secretName });
    expect(await secretOf(owner)).toMatchObject({
      state: 'issued',
      attempts: 1,
      handle: { algorithm: 'Ed25519', publicKey: expect.stringContaining('PUBLIC KEY') },
    });
    expect(JSON.stringify(stored(secretName)?.policy)).toContain(owner.boundaryId);
    expect((await plane.events(owner.boundaryId)).at(-1)).toMatchObject({
      id: 'secret.issued:receiptKey',
      actor: 'issue-secret',
      data: { name: 'receiptKey', kind: 'signingKey', secretName, revocation: 'revocable' },
    });
  });

  test('returns the same answer and does not change the value or the evidence when it is called again', async () => {
    const owner = await plane.taskBefore('IssueSecret');
    const first = await plane.step('IssueSecret', owner);
    const before = [await secretOf(owner), await plane.events(owner.boundaryId)];
    expect(await plane.step('IssueSecret', owner)).toEqual(first);
    expect([await secretOf(owner), await plane.events(owner.boundaryId)]).toEqual(before);
  });

  test('completes its work when it is called again, or throws HalfIssued when a value was lost', async () => {
    const whole = await plane.endOf('IssueSecret', await plane.taskBefore('IssueSecret'));
    const ends = await plane.afterEachLostAnswer('IssueSecret');
    const lost = ends.filter(({ error }) => error === 'HalfIssued');
    // The value was put and its event was not written: the answer was lost at the put, or at the read before the event.
    expect(lost).toHaveLength(2);
    for (const { events } of lost) expect(events).not.toContain('secret.issued:receiptKey');
    for (const end of ends) if (!lost.includes(end)) expect(end).toEqual(whole);
  });

  test.each(['revoking', 'revoked'] as const)(
    'throws PhasePassed when the boundary is already %s',
    async (phase) => {
      const owner = await plane.taskBefore('IssueSecret');
      await plane.change(owner.boundaryId, (row) => inPhase(row, phase));
      await expect(plane.step('IssueSecret', owner)).rejects.toMatchObject({ name: 'PhasePassed' });
      const secret = await secretOf(owner);
      expect([secret.state, stored(secret.secretName)]).toEqual(['planned', undefined]);
    },
  );

  test('throws PhasePassed and destroys its secret when a teardown begins meanwhile', async () => {
    const owner = await plane.taskBefore('IssueSecret');
    const { secretName } = await secretOf(owner);
    const { boundaryId } = owner;
    plane.overtakeAfter('secret.issued:receiptKey', boundaryId, (row) => inPhase(row, 'revoking'));
    await expect(plane.step('IssueSecret', owner)).rejects.toMatchObject({ name: 'PhasePassed' });
    expect(stored(secretName)).toBeUndefined();
  });
});

describe('IssueSecret issues nothing', () => {
  test('and throws NotTheOwner for an execution that does not own the task', async () => {
    const owner = await plane.taskBefore('IssueSecret');
    const call = plane.step('IssueSecret', owner, { executionArn: 'arn:of:another' });
    await expect(call).rejects.toMatchObject({ name: 'NotTheOwner' });
    expect((await secretOf(owner)).state).toBe('planned');
  });

  test('and throws PhasePassed for a name that was not requested', async () => {
    const owner = await plane.taskBefore('IssueSecret');
    const call = plane.step('IssueSecret', owner, { secret: 'another' });
    await expect(call).rejects.toMatchObject({ name: 'PhasePassed' });
  });

  test('and throws the error of Secrets Manager after it recorded the intent', async () => {
    const owner = await plane.taskBefore('IssueSecret');
    plane.refuse('CreateSecret', 'AccessDeniedException');
    await expect(plane.step('IssueSecret', owner)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    plane.recover();
    expect((await secretOf(owner)).state).toBe('intended');
  });
});

describe('IssueSecret, for a database', () => {
  const admitted = async (): Promise<Owner> => {
    const owner = await plane.approved(MAINTENANCE);
    await plane.step('Admit', owner);
    return owner;
  };
  const issue = (owner: Owner) => plane.step('IssueSecret', owner, { secret: 'database' });

  test('throws WindowNotOpen and writes nothing before the window opens', async () => {
    const owner = await admitted();
    const before = await plane.row(owner.boundaryId);
    await expect(issue(owner)).rejects.toMatchObject({ name: 'WindowNotOpen' });
    expect(await plane.row(owner.boundaryId)).toEqual(before);
    plane.advance(OPENS_MS - plane.clock.nowMs());
    await issue(owner);
    expect((await secretOf(owner)).state).toBe('issued');
  });

  test('creates the login first, valid until the task’s deadline', async () => {
    const owner = await withWindowOpen();
    await issue(owner);
    const { handle } = await secretOf(owner);
    const { taskDeadlineMs = 0 } = await plane.row(owner.boundaryId);
    expect(handle).toMatchObject({ database: 'demo', validUntil: new Date(taskDeadlineMs).toISOString() });
    expect(plane.database.roles.get(handle?.['username'] ?? '')).toMatchObject({ canLogin: true });
  });

  test('throws LoginServerUnavailable while the database is down, and completes its work in a later call', async () => {
    const owner = await withWindowOpen();
    plane.database.isDown = true;
    await expect(issue(owner)).rejects.toMatchObject({ name: 'LoginServerUnavailable' });
    plane.database.isDown = false;
    plane.advance(1000);
    await issue(owner);
    expect(await secretOf(owner)).toMatchObject({ state: 'issued', attempts: 2 });
  });

  /** A task whose window opens now, so that the clock need not be moved. */
  async function withWindowOpen(): Promise<Owner> {
    const nowMs = plane.clock.nowMs();
    const instant = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
    const window = { opensAt: instant(nowMs + 60_000), closesAt: instant(nowMs + 1_800_000) };
    const owner = await plane.approved({ ...MAINTENANCE, window });
    plane.advance(60_000);
    await plane.step('Admit', owner);
    return owner;
  }
});
