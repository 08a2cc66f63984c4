import { boundaryIdOf } from 'taskbound-evidence/names/ids';
import type { TaskRequest } from '../../core/requests/request.ts';
import type { ClientConfig } from '../../client/caller/client-config.ts';
import type { Connection } from '../connection/connection.ts';
import { functionUrl } from '../../client/calls/function-url.ts';
import { personConfig } from '../connection/person-config.ts';
import type { Io } from '../io.ts';
import { submitRequest, type Submitted } from '../../client/calls/submit-request.ts';

/**
 * Submits a request as the person who acts, and returns the task and the person's config. Throws if no task was created (malformed, not
 * permitted, id taken).
 */
export async function submitTask(
  connection: Connection,
  request: TaskRequest & { readonly taskId: string },
  io: Io,
): Promise<{ readonly task: Submitted; readonly config: ClientConfig }> {
  const config = await personConfig(connection, io, { kind: 'submit', type: request.type });
  io.err(`Submitting the task ${boundaryIdOf(request.type, request.taskId)}\n`);
  const task = await submitRequest(functionUrl('submit', connection, config), request);
  io.err(`Task ${task.boundaryId} ${task.created ? 'submitted' : `already exists (${task.phase})`}\n`);
  return { task, config };
}
