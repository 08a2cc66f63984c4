import { Secret } from '../../../core/secrets/secret.ts';
import type { Task } from '../../../lambdas/runtime/index.ts';
import { More } from '../../../lambdas/runtime/continuation.ts';

const AT_MS = Date.parse('2026-11-23T10:00:00Z');

/** A task as the runtime passes it to the work, with the given receipt key. */
export function transferTask(
  parameters: Task['parameters'],
  receiptKeyPem: string,
  signal = new AbortController().signal,
  over: Partial<Task> = {},
): Task {
  const silent = () => undefined;
  return {
    taskId: 't-1',
    boundaryId: 'object-transfer.t-1',
    taskType: 'object-transfer',
    parameters,
    deadlineMs: AT_MS + 600_000,
    checkpoint: null,
    signal,
    log: { info: silent, warn: silent, error: silent },
    client: (Class, config) =>
      new Class(
        Object.assign({}, config, {
          region: 'eu-central-1',
          credentials: { accessKeyId: 'a', secretAccessKey: 'b', sessionToken: 'c' },
        }),
      ),
    secret: async () => new Secret(receiptKeyPem),
    nowMs: () => AT_MS,
    timeLeftMs: () => 600_000,
    more: (checkpoint) => new More(checkpoint),
    ...over,
  };
}
