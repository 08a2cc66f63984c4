import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ControlPlane, MAINTENANCE, type Owner } from '../../fixtures/control-plane.ts';
import { inPhase } from '../../fixtures/row.ts';

let plane: ControlPlane;
beforeAll(async () => void (plane = await ControlPlane.open()));
afterAll(() => plane.close());

const prove = (owner: Owner) => plane.step('ProveRevoked', owner);
const lastEvent = async ({ boundaryId }: Owner) => (await plane.events(boundaryId)).at(-1);
const LEASE_IS_OVER_MS = 200_000;

describe('ProveRevoked', () => {
  test('writes the event, the proof and the metric after three refusals of the task’s own session', async () => {
    const owner = await plane.taskBefore('ProveRevoked');
    plane.printed.length = 0;
    expect(await prove(owner)).toEqual({ proof: 'refused' });
    const { proof, leases } = await plane.row(owner.boundaryId);
    expect(proof?.kind).toBe('refused');
    const event = await lastEvent(owner);
    expect(event).toMatchObject({
      id: 'revocation.proven',
      data: {
        proof: 'refused',
        leases: [{ lease: 1, proof: 'refused', accessKeyId: leases[0]?.accessKeyId }],
        secretsGone: ['receiptKey'],
      },
    });
    expect(event?.data).toHaveProperty('leases.0.refusals.length', 3);
    expect(plane.printed).toHaveLength(1);
    expect(plane.printed[0]).toContain('SecondsToProven');
  });

  test('returns the same proof and writes nothing when it is called again, also after the boundary is closed', async () => {
    const owner = await plane.taskBefore('CloseBoundary');
    const before = [await plane.row(owner.boundaryId), await plane.events(owner.boundaryId)];
    expect(await prove(owner)).toEqual({ proof: 'refused' });
    expect([await plane.row(owner.boundaryId), await plane.events(owner.boundaryId)]).toEqual(before);
    await plane.step('CloseBoundary', owner);
    expect(await prove(owner)).toEqual({ proof: 'refused' });
  });

  test('completes the proof when it is called again after a lost answer', async () => {
    const whole = await plane.endOf('ProveRevoked', await plane.taskBefore('ProveRevoked'));
    const ends = await plane.afterEachLostAnswer('ProveRevoked');
    expect(ends.length).toBeGreaterThan(5);
    for (const end of ends) expect(end).toEqual(whole);
  });

  test('returns nothing-issued for a task to which nothing was issued', async () => {
    const owner = await plane.taskBefore('IssueSecret');
    await plane.step('RevokeAndRecord', owner, { ended: { status: 'unknown' } });
    expect(await prove(owner)).toEqual({ proof: 'nothing-issued' });
    expect(await lastEvent(owner)).toMatchObject({ data: { leases: [], secretsGone: [] } });
  });
});

describe('ProveRevoked does not prove the end of access', () => {
  const expectUnproven = async (owner: Owner, name: string): Promise<void> => {
    await expect(prove(owner)).rejects.toMatchObject({ name });
    expect((await plane.row(owner.boundaryId)).proof).toBeUndefined();
    expect(await plane.eventIds(owner.boundaryId)).not.toContain('revocation.proven');
  };

  test('and throws NotProven before the boundary is revoked', async () => {
    await expectUnproven(await plane.taskBefore('RevokeAndRecord'), 'NotProven');
  });

  test('and throws NotTheOwner for an execution that does not own the task', async () => {
    const owner = await plane.taskBefore('ProveRevoked');
    await expectUnproven({ ...owner, executionArn: 'arn:of:another' }, 'NotTheOwner');
  });

  test('and throws StillAccepted until the deadline when the deny was not put', async () => {
    const owner = await plane.taskBefore('RevokeAndRecord');
    plane.refuse('PutRolePolicy', 'LimitExceeded', 409);
    await plane.step('RevokeAndRecord', owner);
    plane.recover();
    await expectUnproven(owner, 'StillAccepted');
    plane.advance(LEASE_IS_OVER_MS);
    expect(await prove(owner)).toEqual({ proof: 'refused' });
  });

  test('and throws ExpiryPending while an unrecorded credential may be valid; later the proof is expired', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    plane.refuse('AssumeRole', 'InternalFailure', 500);
    await plane.step('IssueIdentity', owner).catch(() => undefined);
    plane.recover();
    await plane.step('RevokeAndRecord', owner, { ended: { status: 'unknown' } });
    await expectUnproven(owner, 'ExpiryPending');
    plane.advance(LEASE_IS_OVER_MS);
    expect(await prove(owner)).toEqual({ proof: 'expired' });
  });

  test('and throws NotProven when another party changed the session secret', async () => {
    const owner = await plane.taskBefore('ProveRevoked');
    const { leases } = await plane.row(owner.boundaryId);
    const secret = plane.aws.secrets.store.all().find(({ name }) => name === leases[0]?.sessionSecretName);
    const [version] = [...(secret?.versions.values() ?? [])];
    Object.assign(version ?? {}, { value: 'no credentials' });
    await expectUnproven(owner, 'NotProven');
  });

  test('and throws StillAccepted while a JIT secret can be read', async () => {
    const owner = await plane.taskBefore('RevokeAndRecord');
    await plane.change(owner.boundaryId, (row) => inPhase(row, 'revoked'));
    plane.advance(LEASE_IS_OVER_MS);
    await expect(prove(owner)).rejects.toThrow('can still be read');
  });
});

describe('ProveRevoked, for a database login', () => {
  const revoked = async (): Promise<Owner> => {
    const nowMs = plane.clock.nowMs();
    const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
    const window = { opensAt: instant(nowMs + 60_000), closesAt: instant(nowMs + 1_800_000) };
    const owner = await plane.approved({ ...MAINTENANCE, window });
    plane.advance(61_000);
    await plane.step('Admit', owner);
    await plane.step('IssueSecret', owner, { secret: 'database' });
    await plane.step('RevokeAndRecord', owner, { ended: { status: 'unknown' } });
    return owner;
  };

  test('names the login in the event when the server no longer has it', async () => {
    const owner = await revoked();
    expect(await prove(owner)).toEqual({ proof: 'nothing-issued' });
    expect(await lastEvent(owner)).toMatchObject({
      data: { secretsGone: ['database'], loginsGone: [{ secret: 'database', server: 'database:5432' }] },
    });
  });

  test('throws StillAccepted when the server still has a session of the login', async () => {
    const owner = await revoked();
    const roleId = (await plane.row(owner.boundaryId)).secrets[0]?.handle?.['roleId'] ?? '';
    plane.database.sessions.push({ roleId, isOpen: true });
    await expect(prove(owner)).rejects.toMatchObject({ name: 'StillAccepted' });
  });

  test('throws LoginServerUnavailable when the server is down', async () => {
    const owner = await revoked();
    plane.database.isDown = true;
    await expect(prove(owner)).rejects.toMatchObject({ name: 'LoginServerUnavailable' });
    plane.database.isDown = false;
    expect(await prove(owner)).toEqual({ proof: 'nothing-issued' });
  });
});
