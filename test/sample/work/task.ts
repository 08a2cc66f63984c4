import type { Task } from 'taskbound/runtime';
import { fakeTask } from 'taskbound/testing';

/** A transfer as the runtime passes it to the work, with the given receipt key. */
export const transferTask = (
  parameters: Task['parameters'],
  receiptKeyPem: string,
  signal = new AbortController().signal,
  over: Partial<Task> = {},
): Task => ({
  ...fakeTask({
    taskId: 't-1',
    taskType: 'object-transfer',
    parameters,
    secrets: { receiptKey: receiptKeyPem },
    signal,
    nowMs: Date.parse('2026-11-23T10:00:00Z'),
    timeLeftMs: 600_000,
  }),
  ...over,
});
