import * as z from 'zod';
import type { TaskRequest } from '../../core/requests/request.ts';
import { callUrl } from './call-url.ts';
import type { FunctionUrl } from './function-url.ts';
import { SubmissionUnknown } from '../errors.ts';

const submitted = z.object({
  taskId: z.string(),
  boundaryId: z.string(),
  executionArn: z.string(),
  phase: z.string(),
  /** False when the same request was already submitted under this id. */
  created: z.boolean(),
});
export type Submitted = z.infer<typeof submitted>;

/**
 * Submits a request through the function URL. Retries after a lost or failed response, which is safe because the request contains
 * its id. Throws `MalformedRequest`, `TaskIdTaken`, `StackDraining` or `NotPermitted` with submit's own message; no task exists then.
 */
export async function submitRequest(
  at: FunctionUrl,
  request: TaskRequest & { readonly taskId: string },
): Promise<Submitted> {
  const called = await callUrl(at, request);
  if ('unanswered' in called) {
    throw new SubmissionUnknown(
      `Submit did not respond (${called.unanswered}). It is not known whether task ${request.taskId} exists: run the request again with "taskId": ${JSON.stringify(request.taskId)}.`,
    );
  }
  const parsed = submitted.safeParse(called.answer.body);
  if (parsed.success) return parsed.data;
  throw new SubmissionUnknown(
    `Submit responded with status ${called.answer.status} and no task. Check the stack.`,
  );
}
