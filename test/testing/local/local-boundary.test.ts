import { onTestFinished, describe, expect, inject, it } from 'vitest';
import { Duration } from 'aws-cdk-lib';
import { verifyBundle } from 'taskbound-evidence/signature/verify';
import { createPublicKey } from 'node:crypto';
import { localBoundary, type LocalBoundary, type LocalBoundaryOptions } from 'taskbound/testing';
import type { caseParameters } from '../../../sample/work/case-response/parameters.ts';
import type { transferParameters } from '../../../sample/work/object-transfer/parameters.ts';

const START = new Date('2026-11-23T10:00:00Z');

/** The sample on an embedded AWS that ends with the test. */
async function sample(options: LocalBoundaryOptions = {}): Promise<LocalBoundary> {
  const local = await localBoundary(inject('assemblies').sample, { startsAt: START, ...options });
  onTestFinished(() => local.close());
  return local;
}

const transfer = (sourceKey = 'a.csv') => ({
  type: 'object-transfer',
  reason: 'test',
  parameters: { sourceKey, destinationKey: 'b.csv' },
});
const answer = (caseId: string) => ({ type: 'case-response', reason: 'test', parameters: { caseId } });

describe('run', { timeout: 120_000 }, () => {
  it('runs a task to the end of its boundary, with its evidence and its trail', async () => {
    const local = await sample();
    await local.seed({ objects: { source: { 'a.csv': 'x,y' } } });
    const run = await local.run<typeof transferParameters>({ ...transfer(), taskId: 'mine' });
    expect(run).toMatchObject({
      ...{ taskId: 'mine', boundaryId: 'object-transfer.mine', outcome: 'succeeded', phase: 'closed' },
      ...{ executionStatus: 'SUCCEEDED', error: null, proof: 'refused', result: { bytes: 3 } },
    });
    expect(Object.keys(await local.objects('destination'))).toEqual(['b.csv', 'b.csv.receipt.json']);
    expect(String((await local.objects('destination'))['b.csv'])).toBe('x,y');
    expect(run.evidence.events.at(-1)?.type).toBe('boundary.closed');
    expect(verifyBundle(run.evidence, createPublicKey(run.publicKey)).fault).toBeNull();
    expect(run.trail.map(({ eventName }) => eventName)).toEqual(
      expect.arrayContaining(['GetSecretValue', 'CopyObject', 'PutObject']),
    );
  });

  it('ends access when the work fails', async () => {
    const run = await (await sample()).run(transfer('missing.csv'));
    expect(run).toMatchObject({ outcome: 'failed', phase: 'closed', proof: 'refused', result: null });
    expect(run.error).toMatch(/^SourceUnreadable: .*missing\.csv/);
  });

  it('reports what the work says about a table that was not seeded', async () => {
    const run = await (await sample()).run(answer('C-1'));
    expect(run).toMatchObject({ outcome: 'failed', phase: 'closed' });
    expect(run.error).toMatch(/^CaseUnreadable: .*there is no such case/);
  });

  it.each([
    ['a parameter that is not allowed', { parameters: { caseId: 'C/1' } }, 'Parameter caseId is "C/1"'],
    ['a request in another form', { reason: '' }, 'Field reason is ""'],
    ['a field that is not known', { parmeters: {} }, 'Field "parmeters" is not known'],
  ])('throws for %s, and no task exists', async (_what, change, message) => {
    const local = await sample();
    const request = { ...answer('C-1'), taskId: 'mine', ...change };
    await expect(local.run(request)).rejects.toMatchObject({
      name: 'MalformedRequest',
      message: expect.stringContaining(message),
    });
    await expect(local.follow('case-response.mine')).rejects.toThrow(
      'There is no task "case-response.mine" in the stack Taskbound.',
    );
  });

  it('checks the parameters by the declaration when it is compiled', async () => {
    const local = await sample();
    const { type, reason } = answer('C-1');
    const request = { type, reason };
    // @ts-expect-error -- caseID is not declared
    const misspelled = local.run<typeof caseParameters>({ ...request, parameters: { caseID: 'C-1' } });
    await expect(misspelled).rejects.toThrow('Parameter "caseID" is not declared');
    // @ts-expect-error -- a text, not a number
    const number = local.submit<typeof caseParameters>({ ...request, parameters: { caseId: 1 } });
    await expect(number).rejects.toThrow('Parameter caseId is 1');
    // @ts-expect-error -- the parameter is missing
    const missing = local.submit<typeof caseParameters>(request);
    await expect(missing).rejects.toThrow('Parameter caseId is missing');
  });

  it('tells the progress to whom it may concern', async () => {
    const lines: string[] = [];
    const local = await sample({ progress: (line) => lines.push(line) });
    await local.run({ ...transfer(), taskId: 'mine' });
    expect(lines).toContain('Submitting the task object-transfer.mine');
    expect(lines.some((line) => line.endsWith('RunWork'))).toBe(true);
  });
});

it('throws for a type that is not declared', async () => {
  await expect((await sample()).run({ ...answer('C-1'), type: 'elsewhere' })).rejects.toThrow(
    'Task type "elsewhere" is not known',
  );
});

describe('people', { timeout: 120_000 }, () => {
  const SET = '9b1d67fae69841a149e25ca304c7df112ca074223c2af7db88d093973564b9d3';
  const maintenance = (taskId: string) => ({
    ...{ type: 'database-maintenance', taskId, reason: 'test' },
    parameters: { set: 'reindex-orders', digest: SET },
    window: { opensAt: '2026-11-23T12:00:00Z', closesAt: '2026-11-23T13:00:00Z' },
  });

  it('approve by name in the role that the type grants, or in a role that the test names', async () => {
    const local = await sample();
    const task = await local.submit(maintenance('mine'), { as: 'ann' });
    expect(task).toEqual({ taskId: 'mine', boundaryId: 'database-maintenance.mine', phase: 'requested' });
    await local.approve(task, 'bob');
    await expect(local.approve(task, 'ann')).rejects.toMatchObject({ name: 'DecisionRefused' });
    await expect(local.approve(task, 'carol@Requesters')).rejects.toMatchObject({ name: 'NotPermitted' });
    await local.approve(task.boundaryId, 'carol@Approvers');
    const ended = await local.end(task, 'changed our minds', { as: 'ann' });
    expect(ended).toMatchObject({ outcome: 'failed', phase: 'closed', proof: 'nothing-issued' });
    expect(ended.evidence.events.filter(({ type }) => type === 'approval.granted')).toHaveLength(2);
  });

  it('refuse, and end a task that waits for approval', async () => {
    const local = await sample();
    const refused = await local.submit(maintenance('refused'));
    await local.refuse(refused, 'bob', 'not today');
    const ended = await local.submit(maintenance('ended'));
    const runs = [await local.follow(refused), await local.end(ended, 'a mistake')];
    for (const run of runs)
      expect(run).toMatchObject({ outcome: 'failed', phase: 'closed', proof: 'nothing-issued' });
    expect(runs.map(({ error }) => error)).toEqual([
      expect.stringContaining('not today'),
      expect.stringContaining('a mistake'),
    ]);
  });
});

describe('time', { timeout: 120_000 }, () => {
  it('passes only during calls, and for the time that was asked for', async () => {
    const local = await sample();
    expect(local.nowMs()).toBe(START.getTime());
    await new Promise((resolve) => setImmediate(resolve));
    expect(local.nowMs()).toBe(START.getTime());
    await local.advance(Duration.hours(2));
    expect(local.nowMs()).toBe(START.getTime() + 2 * 3_600_000);
  });
});
