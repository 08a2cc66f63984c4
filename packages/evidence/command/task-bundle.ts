import type { EvidenceBundle } from '../chain/evidence.ts';
import { parseBoundaryId } from '../names/ids.ts';
import { readBundle } from './bundle.ts';
import { UsageError } from './errors.ts';

/**
 * Reads a bundle that is the record of a task: its id is a boundary id, and it has events. The record of a
 * review has another kind of id. Throws `UsageError` or `MalformedRequest`.
 */
export async function readTaskBundle(path: string, cwd: string): Promise<EvidenceBundle> {
  const bundle = await readBundle(path, cwd);
  const taskId = parseBoundaryId(bundle.boundaryId)?.taskId;
  if (taskId === undefined || taskId !== bundle.taskId) {
    throw new UsageError(
      `${path} is the record of ${JSON.stringify(bundle.boundaryId)} with the task id ${JSON.stringify(bundle.taskId)}, which is not the record of a task: a task has the id <type>.<taskId>. For a review, use taskbound show.`,
    );
  }
  if (bundle.events.length === 0)
    throw new UsageError(`${path} has no events, so there is nothing to report. Export the bundle again.`);
  return bundle;
}
