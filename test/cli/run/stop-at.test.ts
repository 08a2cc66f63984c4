import { describe, expect, inject, test } from 'vitest';
import { resolve } from 'node:path';
import { call } from '../support.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');

const run = (request: string, ...more: readonly string[]) =>
  call(PROJECT, [
    ...['run', `sample/requests/${request}`, '--local', '--assembly', inject('assemblies').sample],
    ...['--seed', 'sample/seed', '--json', ...more],
  ]);

describe('run --local --stop-at', () => {
  test.each([
    ['Admit', 'object-transfer.json', 'nothing-issued'],
    ['Issue receiptKey', 'object-transfer.json', 'nothing-issued'],
    ['IssueIdentity', 'object-transfer.json', 'nothing-issued'],
    ['RunWork', 'object-transfer.json', 'refused'],
    ['RevokeAndRecord', 'object-transfer.json', 'refused'],
    ['ProveRevoked', 'object-transfer.json', 'refused'],
    ['CloseBoundary', 'object-transfer.json', 'refused'],
    ['Outcome', 'object-transfer.json', 'refused'],
    ['TaskSucceeded', 'object-transfer.json', 'refused'],
    ['TaskFailed', 'failing.json', 'refused'],
  ])('%s: exit 1, closed and proven', async (state, request, proof) => {
    const { code, stdout, stderr } = await run(request, '--stop-at', state);
    expect(code, stderr).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ phase: 'closed', proof, executionStatus: 'ABORTED' });
  });

  test('a state that there is not: exit 2, the states that there are, no task', async () => {
    const { code, stdout, stderr } = await run('object-transfer.json', '--stop-at', 'Nowhere');
    expect(code).toBe(2);
    expect(Object.keys(JSON.parse(stdout))).toEqual(['error']);
    expect(stderr).toMatch(/--stop-at "Nowhere" was given; allowed: .*RevokeAndRecord.*\. Name a state/);
    expect(stderr).not.toContain('submitted');
  });
});
