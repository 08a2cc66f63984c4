import { randomBytes } from 'node:crypto';
import { newTaskId, TASK_ID_EXAMPLE } from '../../core/requests/task-id.ts';

/** Made here and not by submit, so that a submission whose response was lost can be repeated under the same id. */
export const makeTaskId = (nowMs: number): string =>
  newTaskId(nowMs, (bytes) => randomBytes(bytes).toString('hex'));

/** As long as a real id, for a plan without one. */
export const TASK_ID_PLACEHOLDER = '{taskId}'.padEnd(TASK_ID_EXAMPLE.length, '_');
