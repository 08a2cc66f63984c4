import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ledgerRow, type LedgerRow } from '../../../core/ledger/ledger.ts';
import type { WorkEvent } from '../../../core/work/work.ts';
import { ControlPlane, type Owner } from '../../fixtures/control-plane.ts';
import { inPhase } from '../../fixtures/row.ts';

let plane: ControlPlane;
beforeAll(async () => void (plane = await ControlPlane.open()));
afterAll(() => plane.close());

const issue = async (owner: Owner, change: object = {}): Promise<WorkEvent> =>
  (await plane.step('IssueIdentity', owner, change)) as WorkEvent;
const leasesOf = async ({ boundaryId }: Owner) => (await plane.row(boundaryId)).leases;
const sessionVersions = (secretName: string) => [
  ...(plane.aws.secrets.store
    .all()
    .find(({ name }) => name === secretName)
    ?.versions.keys() ?? []),
];

describe('IssueIdentity', () => {
  test('opens the boundary with a lease, its session in a secret, and the event', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    const nowMs = plane.clock.nowMs();
    const event = await issue(owner);
    const [lease] = await leasesOf(owner);
    expect(event).toMatchObject({
      boundaryId: owner.boundaryId,
      parameters: { sourceKey: 'from', destinationKey: 'to' },
      sessionSecretId: lease?.sessionSecretName,
      sessionVersionId: lease?.sessionVersionId,
      secrets: { receiptKey: expect.stringContaining('receiptKey') },
      checkpoint: null,
    });
    expect(Date.parse(event.deadline)).toBe(nowMs + 120_000);
    expect(lease).toMatchObject({ number: 1, state: 'issued', deadlineMs: nowMs + 120_000 });
    expect((await plane.row(owner.boundaryId)).phase).toBe('open');
    expect((await plane.events(owner.boundaryId)).at(-1)).toMatchObject({
      id: 'identity.issued:1',
      actor: 'issue-identity',
      data: { accessKeyId: lease?.accessKeyId, canary: 'accepted', sourceIdentity: owner.boundaryId },
    });
    expect(sessionVersions(event.sessionSecretId)).toEqual([event.sessionVersionId]);
  });

  test('returns the same lease and creates no second session when it is called again', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    const first = await issue(owner);
    expect(await issue(owner)).toEqual(first);
    expect(await leasesOf(owner)).toHaveLength(1);
    expect(sessionVersions(first.sessionSecretId)).toHaveLength(1);
  });

  test('issues the next lease with the checkpoint of the previous run', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    const { sessionVersionId } = await issue(owner);
    const next = await issue(owner, { after: sessionVersionId, checkpoint: { parts: 3 }, tools: null });
    expect(next.checkpoint).toEqual({ parts: 3 });
    expect(await leasesOf(owner)).toMatchObject([{ number: 1 }, { number: 2, after: 1, state: 'issued' }]);
    expect((await plane.eventIds(owner.boundaryId)).slice(-2)).toEqual([
      'work.finished:1',
      'identity.issued:2',
    ]);
  });

  test('opens the boundary when it is called again after a lost answer, with another lease if one was intended', async () => {
    const ends = await plane.afterEachLostAnswer('IssueIdentity');
    expect(ends.length).toBeGreaterThan(10);
    for (const { error, phase, events } of ends) {
      expect([error, phase]).toEqual([null, 'open']);
      expect(events.at(-1)).toMatch(/^identity\.issued:[12]$/);
    }
  });

  test.each(['revoking', 'revoked'] as const)(
    'throws PhasePassed when the boundary is already %s',
    async (phase) => {
      const owner = await plane.taskBefore('IssueIdentity');
      await plane.change(owner.boundaryId, (row) => inPhase(row, phase));
      await expect(issue(owner)).rejects.toMatchObject({ name: 'PhasePassed' });
      expect(await leasesOf(owner)).toEqual([]);
    },
  );

  test('throws PhasePassed when a teardown begins meanwhile, and records the lease so that its end is proven', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    plane.overtakeAfter('identity.issued:1', owner.boundaryId, (row) => inPhase(row, 'revoking'));
    await expect(issue(owner)).rejects.toMatchObject({ name: 'PhasePassed' });
    expect(await leasesOf(owner)).toMatchObject([{ state: 'issued' }]);
  });
});

describe('IssueIdentity issues nothing', () => {
  const expectNothingIssued = async (owner: Owner): Promise<void> => {
    expect(await leasesOf(owner)).toEqual([]);
    expect(await plane.eventIds(owner.boundaryId)).not.toContain('identity.issued:1');
  };

  test('and throws NotTheOwner for an execution that does not own the task', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    const call = issue(owner, { executionArn: 'arn:of:another' });
    await expect(call).rejects.toMatchObject({ name: 'NotTheOwner' });
    await expectNothingIssued(owner);
  });

  test('and throws TaskRejected, which is recorded, when the grant differs from the requested grant', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    await plane.change(owner.boundaryId, (row) => ({ ...row, grantDigest: '0'.repeat(64) }));
    await expect(issue(owner)).rejects.toMatchObject({ name: 'TaskRejected' });
    await expectNothingIssued(owner);
    expect((await plane.events(owner.boundaryId)).at(-1)).toMatchObject({
      type: 'task.rejected',
      actor: 'issue-identity',
    });
  });

  test('and throws PhasePassed when the previous session is not one of the task', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    const call = issue(owner, { after: 'f'.repeat(64), checkpoint: null, tools: null });
    await expect(call).rejects.toMatchObject({ name: 'PhasePassed' });
    await expectNothingIssued(owner);
  });

  test('and throws WorkContractViolation when the checkpoint is too large', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    const { sessionVersionId } = await issue(owner);
    const call = issue(owner, { after: sessionVersionId, checkpoint: 'x'.repeat(70_000), tools: null });
    await expect(call).rejects.toMatchObject({ name: 'WorkContractViolation' });
    expect(await leasesOf(owner)).toHaveLength(1);
  });

  test('and throws OutOfTime when too little time of the task is left', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    await plane.change(owner.boundaryId, (row) =>
      ledgerRow.parse({ ...row, taskDeadlineMs: plane.clock.nowMs() + 10_000 }),
    );
    await expect(issue(owner)).rejects.toMatchObject({ name: 'OutOfTime' });
    await expectNothingIssued(owner);
  });

  test('and throws OutOfLeases when the task had the maximum number of leases', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    const { sessionVersionId } = await issue(owner);
    await plane.change(owner.boundaryId, (row) => ({
      ...row,
      leases: Array.from({ length: 100 }, (_, index) => ({ ...leaseIn(row), number: index + 1 })),
    }));
    const call = issue(owner, { after: sessionVersionId, checkpoint: null, tools: null });
    await expect(call).rejects.toMatchObject({ name: 'OutOfLeases' });
  });
});

const leaseIn = (row: LedgerRow): LedgerRow['leases'][number] => {
  const [lease] = row.leases;
  if (lease === undefined) throw new Error('The row has no lease.');
  return lease;
};

describe('IssueIdentity returns no credentials', () => {
  test('and throws IdentityUncertain when STS does not answer; the next call uses another lease', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    plane.refuse('AssumeRole', 'InternalFailure', 500);
    await expect(issue(owner)).rejects.toMatchObject({ name: 'IdentityUncertain' });
    plane.recover();
    await issue(owner);
    expect(await leasesOf(owner)).toMatchObject([{ state: 'intended' }, { number: 2, state: 'issued' }]);
  });

  test('and throws CanaryFailed before it records the key when AWS does not accept the new session', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    plane.refuse('DescribeSecret', 'AccessDeniedException');
    await expect(issue(owner)).rejects.toMatchObject({ name: 'CanaryFailed' });
    plane.recover();
    expect(await leasesOf(owner)).toMatchObject([{ state: 'intended' }]);
    expect(await plane.eventIds(owner.boundaryId)).not.toContain('identity.issued:1');
  });
});
