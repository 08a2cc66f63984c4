import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ControlPlane, MAINTENANCE, TRANSFER, type Owner } from '../../fixtures/control-plane.ts';

let plane: ControlPlane;
// Each test has its own stack, because a row that is due in a shared one would be due in every test.
beforeEach(async () => void (plane = await ControlPlane.open()));
afterEach(() => plane.close());

const reconcile = ({ boundaryId }: Pick<Owner, 'boundaryId'>) => plane.call('Reconcile', { boundaryId });
const MINUTE_MS = 60_000;

/** A task whose request was recorded, and whose execution could not be started. */
async function notStarted(): Promise<Owner> {
  const { taskId, boundaryId } = plane.newId();
  plane.refuse('StartExecution', 'InternalServerException', 500);
  await plane.post('Submit', 'ann', { ...TRANSFER, taskId });
  plane.recover();
  return { boundaryId, executionArn: (await plane.row(boundaryId)).executionArn };
}

/** A task whose execution was stopped while its work ran. */
async function stopped(): Promise<Owner> {
  const owner = await plane.taskBefore('RevokeAndRecord');
  plane.aws.states.abort(owner.executionArn);
  return owner;
}

describe('Reconcile, for one boundary', () => {
  test('starts a task whose execution was never started, and waits when it is called again', async () => {
    const owner = await notStarted();
    expect(await reconcile(owner)).toMatchObject({ do: 'start' });
    expect(plane.execution(owner.executionArn)).toBe('RUNNING');
    expect(await reconcile(owner)).toMatchObject({ do: 'wait' });
  });

  test('starts Teardown for a task whose execution has ended, and waits for it when it is called again', async () => {
    const owner = await stopped();
    expect(await reconcile(owner)).toMatchObject({ do: 'teardown', attempt: 1 });
    const { teardown } = await plane.row(owner.boundaryId);
    expect(plane.execution(teardown?.executionArn ?? '')).toBe('RUNNING');
    expect(await reconcile(owner)).toMatchObject({ do: 'wait' });
    expect((await plane.row(owner.boundaryId)).teardown?.attempt).toBe(1);
  });

  test('starts one Teardown when it is called twice at the same time', async () => {
    const owner = await stopped();
    await Promise.all([reconcile(owner), reconcile(owner)]);
    const teardowns = plane.aws.states
      .executions()
      .filter(({ stateMachineArn }) => /eardown/.test(stateMachineArn));
    expect(teardowns).toHaveLength(1);
  });

  test('starts Teardown again under the same name after a lost answer', async () => {
    const owner = await stopped();
    plane.refuse('StartExecution', 'InternalServerException', 500);
    await expect(reconcile(owner)).rejects.toMatchObject({ name: 'InternalServerException' });
    plane.recover();
    expect((await plane.row(owner.boundaryId)).postponed).toMatchObject({ failures: 1 });
    expect(await reconcile(owner)).toMatchObject({ do: 'teardown', attempt: 1 });
    const { teardown } = await plane.row(owner.boundaryId);
    expect(plane.execution(teardown?.executionArn ?? '')).toBe('RUNNING');
  });

  test('starts another Teardown, after a pause, when one has ended without closing the boundary', async () => {
    const owner = await stopped();
    await reconcile(owner);
    const { teardown } = await plane.row(owner.boundaryId);
    plane.aws.states.abort(teardown?.executionArn ?? '');
    expect(await reconcile(owner)).toMatchObject({ do: 'nothing' });
    plane.advance(3 * MINUTE_MS);
    expect(await reconcile(owner)).toMatchObject({ do: 'teardown', attempt: 2 });
  });

  test('expires an approval that is not given in time, and starts the execution that closes the task', async () => {
    const owner = await plane.submitted(MAINTENANCE);
    expect(await reconcile(owner)).toMatchObject({ do: 'nothing' });
    const { approval } = await plane.row(owner.boundaryId);
    plane.advance((approval?.expiresAtMs ?? 0) - plane.clock.nowMs());
    expect(await reconcile(owner)).toMatchObject({ do: 'expire' });
    expect((await plane.row(owner.boundaryId)).rejection).toMatchObject({ by: 'expiry' });
    expect((await plane.events(owner.boundaryId)).at(-1)?.type).toBe('approval.expired');
    expect(plane.execution(owner.executionArn)).toBe('RUNNING');
  });

  test('does nothing for a task that was not submitted', async () => {
    expect(await reconcile(plane.newId())).toMatchObject({ do: 'nothing' });
  });
});

describe('Reconcile, for a closed boundary', () => {
  const closed = async (): Promise<Owner> => {
    const owner = await plane.taskBefore('CloseBoundary');
    await plane.step('CloseBoundary', owner);
    return owner;
  };

  test('removes the deny when the last lease is over, and does nothing when it is called again', async () => {
    const owner = await closed();
    const { roleName = '', policyName = '' } = (await plane.row(owner.boundaryId)).deny ?? {};
    expect(await reconcile(owner)).toMatchObject({ do: 'nothing' });
    expect(plane.denies(roleName)).toContain(policyName);
    plane.advance(10 * MINUTE_MS);
    expect(await reconcile(owner)).toMatchObject({ do: 'sweep' });
    expect(plane.denies(roleName)).not.toContain(policyName);
    expect(await reconcile(owner)).toMatchObject({ do: 'nothing' });
  });

  test('announces a boundary that EventBridge refused before', async () => {
    const owner = await plane.taskBefore('CloseBoundary');
    plane.refuse('PutEvents', 'InternalException', 500);
    await plane.step('CloseBoundary', owner);
    plane.recover();
    plane.advance(10 * MINUTE_MS);
    expect(await reconcile(owner)).toMatchObject({ do: 'sweep' });
    expect(await reconcile(owner)).toMatchObject({ do: 'announce' });
    expect((await plane.row(owner.boundaryId)).announcedAtMs).toBe(plane.clock.nowMs());
  });
});

describe('Reconcile, for everything that is due', () => {
  test('checks each due row and prints the gauges', async () => {
    const [first, second] = [await notStarted(), await stopped()];
    plane.advance(5 * MINUTE_MS);
    plane.printed.length = 0;
    expect(await plane.call('Reconcile', {})).toEqual({ looked: 2, failed: 0 });
    expect(plane.execution(first.executionArn)).toBe('RUNNING');
    expect((await plane.row(second.boundaryId)).teardown?.attempt).toBe(1);
    expect(plane.printed).toHaveLength(1);
  });

  test('continues after a row that fails, which is due again later', async () => {
    const [first, second] = [await notStarted(), await notStarted()];
    await plane.change(first.boundaryId, (row) => ({ ...row, executionArn: 'no-arn' }));
    plane.advance(5 * MINUTE_MS);
    expect(await plane.call('Reconcile', {})).toEqual({ looked: 2, failed: 1 });
    expect(plane.execution(second.executionArn)).toBe('RUNNING');
    expect((await plane.row(first.boundaryId)).postponed?.failures).toBe(1);
  });

  test('checks the boundary of a Teardown that ended, and everything that is due after one that was started by hand', async () => {
    const owner = await stopped();
    await reconcile(owner);
    const name = (await plane.row(owner.boundaryId)).teardown?.executionArn.split(':').at(-1) ?? '';
    expect(await plane.call('Reconcile', { teardown: name })).toMatchObject({ do: 'wait' });
    expect(await plane.call('Reconcile', { teardown: 'by-hand' })).toEqual({ looked: 0, failed: 0 });
  });
});

describe('Reconcile, for strays', () => {
  test('destroys an old secret of a boundary without a row, and keeps secrets of a boundary with a row', async () => {
    const [stray, kept] = [
      await plane.taskBefore('RevokeAndRecord'),
      await plane.taskBefore('RevokeAndRecord'),
    ];
    const secretName = async ({ boundaryId }: Owner) => (await plane.row(boundaryId)).secrets[0]?.secretName;
    const [strayName, keptName] = [await secretName(stray), await secretName(kept)];
    await plane.deleteRow(stray.boundaryId);
    expect(await plane.call('Reconcile', { strays: true })).toEqual({ done: 0, failed: 0 });
    plane.advance(90 * MINUTE_MS);
    await plane.call('Reconcile', { strays: true });
    const names = plane.aws.secrets.store.all().map(({ name }) => name);
    expect(names).toContain(keptName);
    expect(names).not.toContain(strayName);
  });
});
