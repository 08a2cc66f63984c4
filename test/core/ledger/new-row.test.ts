import { describe, expect, test } from 'vitest';
import { newRow, type NewTask } from '../../../core/ledger/new-row.ts';
import { readRow } from '../../../core/ledger/read-row.ts';
import { ISSUE_MARGIN_SECONDS } from '../../../core/windows/window.ts';
import type { TaskTypeConfig } from '../../../core/task-types/task-type.ts';
import { transferConfig } from '../../fixtures/task-types.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 10);
const approval = { quorum: 2, expiresAfterSeconds: 3600 };

const rowWith = (change: Partial<TaskTypeConfig>, task: Partial<NewTask['checked']> = {}) =>
  newRow({
    stack: 'Taskbound',
    taskId: 'task-1',
    checked: {
      type: 'object-transfer',
      emergency: undefined,
      parameters: { sourceKey: 'a', destinationKey: 'b' },
      reason: 'test',
      requestDigest: '0'.repeat(64),
      ...task,
    },
    requester: {
      arn: 'arn:aws:sts::111122223333:assumed-role/R/alice',
      userId: 'A',
      accountId: '111122223333',
      requester: 'alice',
    },
    config: transferConfig(change),
    nonce: '0'.repeat(16),
    requestedAtMs: NOW_MS,
  });

test('a new row is a valid row with one planned secret for each secret of its type', () => {
  const row = rowWith({});
  expect(readRow({ ...row })).toEqual(row);
  expect(row.secrets.map(({ name, state }) => [name, state])).toEqual([['receiptKey', 'planned']]);
});

describe('the approvals that a new task waits for', () => {
  test('are those of its type, until they expire', () =>
    expect(rowWith({ approval }).approval).toEqual({ quorum: 2, expiresAtMs: NOW_MS + 3_600_000 }));

  test('are none for an emergency', () =>
    expect(rowWith({ approval }, { emergency: 'The disk is full' }).approval).toBeUndefined());

  const workSeconds = 75;
  const lastMs = (closesAtMs: number) => closesAtMs - (workSeconds + ISSUE_MARGIN_SECONDS) * 1000;
  const windowed = (closesAtMs: number) =>
    rowWith(
      { approval, workSeconds, window: { kind: 'required' } },
      { window: { opensAtMs: NOW_MS, closesAtMs } },
    );

  test('expire when the work no longer fits into its window', () =>
    expect(windowed(NOW_MS + 600_000).approval?.expiresAtMs).toBe(lastMs(NOW_MS + 600_000)));

  test('are none when the work does not fit already: Admit rejects it', () => {
    const closesAtMs = NOW_MS + (workSeconds + ISSUE_MARGIN_SECONDS) * 1000;
    expect(windowed(closesAtMs).approval).toBeUndefined();
    expect(windowed(closesAtMs + 1).approval?.expiresAtMs).toBe(NOW_MS + 1);
  });
});
