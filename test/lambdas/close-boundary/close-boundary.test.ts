import { createPublicKey } from 'node:crypto';
import { makeBundle } from 'taskbound-evidence/chain/bundle';
import { verifyBundle } from 'taskbound-evidence/signature/verify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ControlPlane, type Owner } from '../../fixtures/control-plane.ts';

let plane: ControlPlane;
beforeAll(async () => void (plane = await ControlPlane.open()));
afterAll(() => plane.close());

const close = (owner: Owner) => plane.step('CloseBoundary', owner);
/** Why the bundle does not verify with the stack's own key. Null: it verifies. */
async function faultOf({ boundaryId }: Owner): Promise<string | null> {
  const der = plane.aws.keys.signing(plane.manifest.evidenceKeyArn)?.publicKeyDer();
  const key = createPublicKey({ key: der ?? Buffer.alloc(0), format: 'der', type: 'spki' });
  const { events, signed } = await plane.evidence.readSigned(boundaryId);
  return verifyBundle(makeBundle(boundaryId, events, signed), key).fault;
}

describe('CloseBoundary', () => {
  test('writes the last event, the signature and the outcome of a proven boundary, and announces them', async () => {
    const owner = await plane.taskBefore('CloseBoundary');
    const { sessionSecretName } = (await plane.row(owner.boundaryId)).leases[0] ?? {};
    expect(await close(owner)).toEqual({
      phase: 'closed',
      proof: 'refused',
      outcome: 'succeeded',
      result: { copied: true },
      error: null,
      cause: null,
    });
    expect(await plane.row(owner.boundaryId)).toMatchObject({
      phase: 'closed',
      outcome: 'succeeded',
      closedAtMs: plane.clock.nowMs(),
      announcedAtMs: plane.clock.nowMs(),
    });
    expect((await plane.events(owner.boundaryId)).at(-1)).toMatchObject({
      id: 'boundary.closed',
      actor: 'close-boundary',
      data: { outcome: 'succeeded', proof: 'refused', leases: 1, secrets: 1 },
    });
    expect(await faultOf(owner)).toBeNull();
    expect(plane.aws.secrets.store.all().map(({ name }) => name)).not.toContain(sessionSecretName);
  });

  test('returns the error of a task whose work failed', async () => {
    const owner = await plane.taskBefore('RevokeAndRecord');
    const ended = { status: 'failed', state: 'RunWork', error: 'WorkBroke', cause: 'On purpose' };
    await plane.step('RevokeAndRecord', owner, { ended });
    await plane.step('ProveRevoked', owner);
    expect(await close(owner)).toMatchObject({ outcome: 'failed', error: 'WorkBroke', cause: 'On purpose' });
  });

  test('returns the same answer and writes nothing when it is called again', async () => {
    const owner = await plane.taskBefore('CloseBoundary');
    const first = await close(owner);
    const before = [await plane.row(owner.boundaryId), await plane.evidence.readSigned(owner.boundaryId)];
    plane.advance(60_000);
    expect(await close(owner)).toEqual(first);
    expect([await plane.row(owner.boundaryId), await plane.evidence.readSigned(owner.boundaryId)]).toEqual(
      before,
    );
  });

  test('closes the boundary with one event and one signature when it is called again after a lost answer', async () => {
    const whole = await plane.endOf('CloseBoundary', await plane.taskBefore('CloseBoundary'));
    const ends = await plane.afterEachLostAnswer('CloseBoundary');
    expect(ends.length).toBeGreaterThan(6);
    for (const end of ends) expect(end).toEqual(whole);
  });

  test('closes the boundary while EventBridge refuses, and leaves the announcement to Reconcile', async () => {
    const owner = await plane.taskBefore('CloseBoundary');
    plane.refuse('PutEvents', 'InternalException', 500);
    expect(await close(owner)).toMatchObject({ phase: 'closed' });
    plane.recover();
    const row = await plane.row(owner.boundaryId);
    expect([row.phase, row.announcedAtMs]).toEqual(['closed', undefined]);
  });
});

describe('CloseBoundary does not close the boundary', () => {
  const expectOpen = async (owner: Owner, name: string): Promise<void> => {
    await expect(close(owner)).rejects.toMatchObject({ name });
    expect((await plane.row(owner.boundaryId)).phase).toBe('revoked');
  };

  test('and throws NotProven without a proof', async () => {
    const owner = await plane.taskBefore('ProveRevoked');
    await expectOpen(owner, 'NotProven');
    expect(await plane.eventIds(owner.boundaryId)).not.toContain('boundary.closed');
  });

  test('and throws NotTheOwner for an execution that does not own the task', async () => {
    const owner = await plane.taskBefore('CloseBoundary');
    await expectOpen({ ...owner, executionArn: 'arn:of:another' }, 'NotTheOwner');
  });

  test('and throws ChainBroken without a signature when the evidence was changed', async () => {
    const owner = await plane.taskBefore('CloseBoundary');
    const [first] = await plane.events(owner.boundaryId);
    await plane.putEvent({ ...first, actor: 'mallory' });
    await expectOpen(owner, 'ChainBroken');
    expect(await faultOf(owner)).not.toBeNull();
  });

  test('and throws ChainBroken when the stored signature is not its own', async () => {
    const owner = await plane.taskBefore('CloseBoundary');
    const other = await plane.taskBefore('CloseBoundary');
    await close(other);
    const { signed } = await plane.evidence.readSigned(other.boundaryId);
    if (signed === undefined) throw new Error('The other task was not signed.');
    await plane.evidence.putSignedHead(owner.boundaryId, signed);
    await expectOpen(owner, 'ChainBroken');
  });

  test('while KMS refuses to sign, and closes it in a later call', async () => {
    const owner = await plane.taskBefore('CloseBoundary');
    plane.refuse('Sign', 'KMSInternalException', 500);
    await expectOpen(owner, 'KMSInternalException');
    plane.recover();
    expect(await close(owner)).toMatchObject({ phase: 'closed' });
    expect(await faultOf(owner)).toBeNull();
  });
});
