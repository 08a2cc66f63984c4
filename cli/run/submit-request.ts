import * as z from 'zod';
import type { TaskRequest } from '../../core/requests/request.ts';
import { callUrl, type FunctionUrl } from '../connection/call-url.ts';
import { SubmissionUnknown } from '../errors.ts';

const submitted = z.object({
  taskId: z.string(),
  boundaryId: z.string(),
  executionArn: z.string(),
  phase: z.string(),
  /** False when the same request stood under this id already. */
  created: z.boolean(),
});
export type Submitted = z.infer<typeof submitted>;

/**
 * Submits a request through the function URL. Repeats it after a lost or failed answer, which is safe because it carries its id.
 * Throws `MalformedRequest`, `TaskIdTaken`, `StackDraining` or `NotPermitted` in submit's own words; no task exists then.
 */
export async function submitRequest(
  at: FunctionUrl,
  request: TaskRequest & { readonly taskId: string },
): Promise<Submitted> {
  const called = await callUrl(at, request);
  if ('unanswered' in called) {
    throw new SubmissionUnknown(
      `Submit did not answer (${called.unanswered}). Whether task ${request.taskId} exists is not known: run the request again with "taskId": ${JSON.stringify(request.taskId)}.`,
    );
  }
  const parsed = submitted.safeParse(called.answer.body);
  if (parsed.success) return parsed.data;
  throw new SubmissionUnknown(
    `Submit answered ${called.answer.status} with something else than a task. Is SubmitUrl the submit function's URL?`,
  );
}
