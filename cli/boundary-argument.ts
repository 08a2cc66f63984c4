import { UsageError } from 'taskbound-evidence/command/errors';
import { boundaryIdOf, parseBoundaryId, TASK_ID, TASK_TYPE } from 'taskbound-evidence/names/ids';
import { reviewedBy } from 'taskbound-evidence/names/review-id';

/** The boundary id from a command's argument: `<type>.<taskId>`, or a task id with its type. */
export function boundaryIdFrom(task: string, type: string | undefined): string {
  if (type === undefined) {
    if (task.includes('.') && parseBoundaryId(task) !== undefined) return task;
    throw new UsageError(
      `${JSON.stringify(task)} is not a boundary id (<type>.<taskId>) and not a readable file. For a task id, give its type with --type.`,
    );
  }
  const taskId = task.startsWith(`${type}.`) ? task.slice(type.length + 1) : task;
  if (TASK_TYPE.test(type) && TASK_ID.test(taskId)) return boundaryIdOf(type, taskId);
  throw new UsageError(
    `${JSON.stringify(task)} with --type ${JSON.stringify(type)} is not a task; a type is [a-z][a-z0-9-]{1,22}, an id [A-Za-z0-9_-]{2,40}.`,
  );
}

/** The type of a task or of its review. */
export const typeOf = (id: string): string => parseBoundaryId(reviewedBy(id) ?? id)?.taskType ?? '';
