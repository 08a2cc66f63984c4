import { describe, expect, it } from 'vitest';
import {
  admitEvent,
  issueIdentityEvent,
  reconcileEvent,
  revokeAndRecordEvent,
} from '../../../core/work/step-events.ts';

const owner = { boundaryId: 'object-transfer.x1', executionArn: 'arn:e' };

describe('the input of a step', () => {
  it.each([undefined, ''])('must contain the work version (%j)', (workVersion) => {
    for (const schema of [admitEvent, issueIdentityEvent])
      expect(schema.safeParse({ ...owner, workVersion }).success).toBe(false);
  });

  it('of the first IssueIdentity names no previous session', () => {
    expect(issueIdentityEvent.parse({ ...owner, workVersion: 'w:1' }).after).toBeNull();
  });

  it.each([
    ['a failure without a state', { status: 'failed', error: 'E' }],
    ['an unknown status', { status: 'aborted' }],
    ['an unknown end with a payload', { status: 'unknown', payload: 1 }],
  ])('of RevokeAndRecord cannot contain %s', (_what, ended) => {
    expect(revokeAndRecordEvent.safeParse({ ...owner, ended }).success).toBe(false);
  });

  it.each([{}, { boundaryId: 'b' }, { teardown: 't' }, { strays: true }])('of Reconcile can be %j', (value) =>
    expect(reconcileEvent.parse(value)).toEqual(value),
  );

  it.each([{ strays: false }, { boundaryId: 'b', teardown: 't' }])('of Reconcile cannot be %j', (value) =>
    expect(reconcileEvent.safeParse(value).success).toBe(false),
  );
});
