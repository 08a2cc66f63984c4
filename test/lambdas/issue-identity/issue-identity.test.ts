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
  test('opens the boundary: a lease with its deadline, its session in a secret, and the event', async () => {
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

  test('called again: the same lease, and no second session', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    const first = await issue(owner);
    expect(await issue(owner)).toEqual(first);
    expect(await leasesOf(owner)).toHaveLength(1);
    expect(sessionVersions(first.sessionSecretId)).toHaveLength(1);
  });

  test('after a run that handed on: the next lease, with its checkpoint', async () => {
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

  test('half done: a repeated call opens the boundary, with another lease where one was intended', async () => {
    const ends = await plane.afterEachLostAnswer('IssueIdentity');
    expect(ends.length).toBeGreaterThan(10);
    for (const { error, phase, events } of ends) {
      expect([error, phase]).toEqual([null, 'open']);
      expect(events.at(-1)).toMatch(/^identity\.issued:[12]$/);
    }
  });

  test.each(['revoking', 'revoked'] as const)('late, when the boundary is %s: PhasePassed', async (phase) => {
    const owner = await plane.taskBefore('IssueIdentity');
    await plane.change(owner.boundaryId, (row) => inPhase(row, phase));
    await expect(issue(owner)).rejects.toMatchObject({ name: 'PhasePassed' });
    expect(await leasesOf(owner)).toEqual([]);
  });

  test('overtaken by the teardown while it works: PhasePassed; the lease is recorded, so it is proven', async () => {
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

  test('for an execution that does not own the task: NotTheOwner', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    const call = issue(owner, { executionArn: 'arn:of:another' });
    await expect(call).rejects.toMatchObject({ name: 'NotTheOwner' });
    await expectNothingIssued(owner);
  });

  test('when the grant is not what was asked for: TaskRejected, recorded', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    await plane.change(owner.boundaryId, (row) => ({ ...row, grantDigest: '0'.repeat(64) }));
    await expect(issue(owner)).rejects.toMatchObject({ name: 'TaskRejected' });
    await expectNothingIssued(owner);
    expect((await plane.events(owner.boundaryId)).at(-1)).toMatchObject({
      type: 'task.rejected',
      actor: 'issue-identity',
    });
  });

  test('after a session that is not the task’s: PhasePassed', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    const call = issue(owner, { after: 'f'.repeat(64), checkpoint: null, tools: null });
    await expect(call).rejects.toMatchObject({ name: 'PhasePassed' });
    await expectNothingIssued(owner);
  });

  test('after a run whose checkpoint is too large: WorkContractViolation', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    const { sessionVersionId } = await issue(owner);
    const call = issue(owner, { after: sessionVersionId, checkpoint: 'x'.repeat(70_000), tools: null });
    await expect(call).rejects.toMatchObject({ name: 'WorkContractViolation' });
    expect(await leasesOf(owner)).toHaveLength(1);
  });

  test('when too little of the task is left: OutOfTime', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    await plane.change(owner.boundaryId, (row) =>
      ledgerRow.parse({ ...row, taskDeadlineMs: plane.clock.nowMs() + 10_000 }),
    );
    await expect(issue(owner)).rejects.toMatchObject({ name: 'OutOfTime' });
    await expectNothingIssued(owner);
  });

  test('when the task had all the leases that one may have: OutOfLeases', async () => {
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

describe('IssueIdentity hands nothing to the work', () => {
  test('when STS does not answer: IdentityUncertain; the intent stays, and the next call takes another lease', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    plane.refuse('AssumeRole', 'InternalFailure', 500);
    await expect(issue(owner)).rejects.toMatchObject({ name: 'IdentityUncertain' });
    plane.recover();
    await issue(owner);
    expect(await leasesOf(owner)).toMatchObject([{ state: 'intended' }, { number: 2, state: 'issued' }]);
  });

  test('when the new session is not accepted: CanaryFailed, before its key is in the evidence', async () => {
    const owner = await plane.taskBefore('IssueIdentity');
    plane.refuse('DescribeSecret', 'AccessDeniedException');
    await expect(issue(owner)).rejects.toMatchObject({ name: 'CanaryFailed' });
    plane.recover();
    expect(await leasesOf(owner)).toMatchObject([{ state: 'intended' }]);
    expect(await plane.eventIds(owner.boundaryId)).not.toContain('identity.issued:1');
  });
});
