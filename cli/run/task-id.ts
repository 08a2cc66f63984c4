import { randomBytes } from 'node:crypto';
import { newTaskId, TASK_ID_EXAMPLE } from '../../core/requests/task-id.ts';

/** Made here and not by submit, so that a submission whose answer was lost can be repeated under the same id. */
export const makeTaskId = (nowMs: number): string =>
  newTaskId(nowMs, (bytes) => randomBytes(bytes).toString('hex'));

/** As long as a made id, for a plan that has none yet. */
export const TASK_ID_PLACEHOLDER = '{taskId}'.padEnd(TASK_ID_EXAMPLE.length, '_');
