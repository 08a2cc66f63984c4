import { describe, expect, it } from 'vitest';
import { makePlan, NONCE_PLACEHOLDER } from '../../../cli/plan/make-plan.ts';
import { renderPlan } from '../../../cli/plan/render-plan.ts';
import { makeTaskId, TASK_ID_PLACEHOLDER } from '../../../cli/run/task-id.ts';
import { MalformedRequest } from 'taskbound-evidence/errors';
import { NONCE_CHARACTERS, TASK_ID } from 'taskbound-evidence/names/ids';
import {
  compileSessionPolicy,
  deadlineText,
  DEADLINE_PLACEHOLDER,
} from '../../../core/grants/session-policy.ts';
import type { TaskTypeConfig } from '../../../core/task-types/task-type.ts';
import { transferConfig } from '../../fixtures/task-types.ts';
import { T0 } from '../support.ts';

const request = {
  type: 'object-transfer',
  reason: 'r',
  parameters: { sourceKey: 'a b*', destinationKey: 'c' },
};

describe('a plan', () => {
  it('has the fields that scripts rely on, and no others', () => {
    expect(Object.keys(makePlan(request, transferConfig(), T0))).toEqual([
      'taskType',
      'roleArn',
      'sessionPolicy',
      'policyCharacters',
      'grantDigest',
      'leaseSeconds',
      'window',
      'tools',
      'secrets',
    ]);
  });

  it('shows a policy of the same length as the policy that the task will get', () => {
    const plan = makePlan(request, transferConfig(), T0);
    const taskId = makeTaskId(T0);
    const real = compileSessionPolicy(transferConfig(), {
      boundaryId: `object-transfer.${taskId}`,
      nonce: 'f'.repeat(NONCE_CHARACTERS),
      parameters: request.parameters,
      deadline: deadlineText(T0),
    });
    expect(plan.policyCharacters).toBe(real.length);
    expect(plan.sessionPolicy).toHaveLength(real.length);
    expect(
      plan.sessionPolicy
        .replaceAll(TASK_ID_PLACEHOLDER, taskId)
        .replaceAll(NONCE_PLACEHOLDER, 'f'.repeat(NONCE_CHARACTERS))
        .replaceAll(DEADLINE_PLACEHOLDER, deadlineText(T0)),
    ).toBe(real);
  });

  it('uses the task id of the request', () => {
    expect(makePlan({ ...request, taskId: 'mine' }, transferConfig(), T0).sessionPolicy).toContain(
      '/object-transfer.mine/',
    );
  });

  it('lists the resources as they are in the policy', () => {
    expect(makePlan(request, transferConfig(), T0).tools[0]).toEqual({
      name: 'readSource',
      actions: ['s3:GetObject'],
      resources: ['arn:aws:s3:::source-bucket/a b${*}'],
    });
  });

  it('is refused if the policy is too long; the message states the length and the limit', () => {
    const parameters = { sourceKey: 'k', destinationKey: 'd'.repeat(900) };
    expect(() => makePlan({ ...request, parameters }, transferConfig(), T0)).toThrow(MalformedRequest);
    expect(() => makePlan({ ...request, parameters }, transferConfig(), T0)).toThrow(
      /has \d{4} characters; AWS allows at most 2048/,
    );
  });

  it('is rendered with the granted actions and the length of the policy', () => {
    const plan = makePlan(request, transferConfig(), T0);
    const text = renderPlan(plan, transferConfig());
    expect(text).toContain(`${plan.policyCharacters} of 2048 characters`);
    expect(text).toContain('readSource: s3:GetObject');
    expect(text).toContain('Nothing was issued.');
  });
});

it('makeTaskId returns valid ids that are unique and sort by time', () => {
  const ids = Array.from({ length: 50 }, () => makeTaskId(T0));
  expect(new Set(ids).size).toBe(50);
  for (const id of ids) expect(id).toMatch(TASK_ID);
  expect(makeTaskId(T0) < makeTaskId(T0 + 1000)).toBe(true);
});

it('a plan shows the window, and the grant digest covers the window', () => {
  const window = { opensAt: '2026-11-23T22:00:00Z', closesAt: '2026-11-23T23:00:00Z' };
  const config = transferConfig({ window: { kind: 'required' } });
  const plan = makePlan({ ...request, window }, config, T0);
  expect(plan.window).toEqual({
    opensAt: '2026-11-23T22:00:00.000Z',
    closesAt: '2026-11-23T23:00:00.000Z',
  });
  expect(renderPlan(plan, config)).toContain('from 2026-11-23T22:00:00.000Z to 2026-11-23T23:00:00.000Z');
  const later = { ...window, closesAt: '2026-11-23T23:30:00Z' };
  expect(makePlan({ ...request, window: later }, config, T0).grantDigest).not.toBe(plan.grantDigest);
  expect(makePlan(request, transferConfig(), T0).window).toBeNull();
});

describe('the approval that a task would wait for', () => {
  const textWith = (approval: TaskTypeConfig['approval']): string => {
    const config = { ...transferConfig(), approval };
    return renderPlan(makePlan(request, config, T0), config);
  };

  it.each([
    [
      { quorum: 1, expiresAfterSeconds: 86_400 },
      'wait for 1 approval, for at most 24 h, and be rejected without it.',
    ],
    [
      { quorum: 2, expiresAfterSeconds: 5400 },
      'wait for 2 approvals, for at most 90 min, and be rejected without them.',
    ],
    [{ quorum: 1, expiresAfterSeconds: 61 }, 'for at most 61 s'],
  ])('%j is shown', (approval, text) => expect(textWith(approval)).toContain(text));

  it('is not shown when none is needed', () => expect(textWith(null)).not.toContain('approval'));
});
