import { localBoundary, type LocalBoundary } from 'taskbound/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SupportStack } from '../support-stack.ts';
import type { parameters } from './parameters.ts';

/** Whole tasks on an embedded AWS in this process: IAM is enforced, and time is virtual. */
describe('the task type answer-case', { timeout: 60_000 }, () => {
  let local: LocalBoundary;
  beforeAll(async () => {
    local = await localBoundary((app) => new SupportStack(app, 'Support'));
    await local.seed(new URL('../seed', import.meta.url));
  }, 60_000);
  afterAll(() => local.close());

  const request = (caseId: string) => ({ type: 'answer-case', reason: 'test', parameters: { caseId } });

  it('answers the case, and its access ends', async () => {
    const run = await local.run<typeof parameters>(request('C-1001'));
    expect(run).toMatchObject({ outcome: 'succeeded', result: { answer: 'C-1001.txt' } });
    // The identity of the task was used after its end, and was refused.
    expect(run).toMatchObject({ phase: 'closed', proof: 'refused' });
    const answers = await local.objects('answers');
    expect(Object.keys(answers)).toEqual(['C-1001.txt']);
    expect(String(answers['C-1001.txt'])).toContain('Dear Ann');
  });

  it('fails for a case that does not exist, and its access ends all the same', async () => {
    const run = await local.run<typeof parameters>(request('C-9999'));
    expect(run).toMatchObject({ outcome: 'failed', phase: 'closed', proof: 'refused' });
    expect(run.error).toContain('CaseNotFound: There is no case C-9999');
  });

  it('is not submitted with another parameter', async () => {
    await expect(local.run(request('../C-1001'))).rejects.toThrow('Parameter caseId is "../C-1001"');
  });
});
