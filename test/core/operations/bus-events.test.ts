import { expect, test } from 'vitest';
import { boundaryClosed, closedEvent, unprovenEvent } from '../../../core/operations/bus-events.ts';
import { BOUNDARY, rowOf } from '../../fixtures/row.ts';

test('a boundary.unproven event contains the attempt, so that consumers recognize repeated events', () => {
  const gaveUp = { attempt: 2, executionArn: 'arn:t', gaveUpAtMs: 1_000 };
  expect(unprovenEvent(rowOf({ phase: 'revoked' }), gaveUp)).toEqual({
    detailType: 'boundary.unproven',
    detail: {
      version: 1,
      stack: 'Taskbound',
      boundaryId: BOUNDARY,
      taskType: 'object-transfer',
      taskId: 'task-1',
      phase: 'revoked',
      attempt: 2,
      executionArn: 'arn:t',
      gaveUpAt: '1970-01-01T00:00:01.000Z',
    },
  });
});

test('a boundary.closed event has no other field', () => {
  const { detail } = closedEvent(rowOf({ phase: 'closed' }));
  expect(boundaryClosed.safeParse({ ...detail, reason: 'because' }).success).toBe(false);
});
