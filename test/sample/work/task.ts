import type { ParametersOf, Task } from 'taskbound/runtime';
import { fakeTask } from 'taskbound/testing';
import type { transferParameters } from '../../../sample/work/object-transfer/parameters.ts';

type Declared = typeof transferParameters;

/** A transfer as the runtime passes it to the work, with the given receipt key. */
export const transferTask = (
  parameters: ParametersOf<Declared>,
  receiptKeyPem: string,
  signal = new AbortController().signal,
  over: Partial<Task<Declared>> = {},
): Task<Declared> => ({
  ...fakeTask<Declared>({
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
