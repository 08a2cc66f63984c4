import type { Task } from '../../../lambdas/runtime/index.ts';
import type { Assistant, Turn } from './assistant.ts';
import type { CaseEnvironment } from './environment.ts';
import { CaseUnreadable, ReplyNotWritten } from './errors.ts';
import { gullibleAssistant } from './gullible-assistant.ts';
import type { caseParameters } from './parameters.ts';
import { Toolbox } from './toolbox.ts';

/** How many calls an assistant may make in one task. */
export const CALLS = 25;

/** The attempts that were refused, in order. They contain no data of a case, because evidence cannot be deleted. */
export type CaseResult = {
  readonly replied: true;
  readonly attempts: { readonly asked: string; readonly refused: string }[];
};

/**
 * Answers one case with an assistant.
 *
 * Effects, in order:
 *  1. the assistant makes the calls that the task's session allows: it reads this case, and writes one reply
 *     to it;
 *  2. other calls are refused by IAM; the assistant receives the error, and the call is recorded as an
 *     attempt.
 *
 * Half done: nothing, or the reply. Repeated: the reply exists, so the next task fails with
 * `ReplyNotWritten`. Late: the task's signal aborts the current call.
 *
 * Rejected: a list of allowed calls in this code. A text could be written to avoid it, but no text can avoid
 * the session policy.
 */
export async function respond(
  task: Task<typeof caseParameters>,
  environment: CaseEnvironment,
  assistantFor: (caseId: string) => Assistant = gullibleAssistant,
): Promise<CaseResult> {
  const { caseId } = task.parameters;
  const turns = await converse(assistantFor(caseId), new Toolbox(task, environment));
  assertRead(turns, caseId);
  assertReply(turns, caseId, environment.REPLIES_TABLE);
  const attempts = turns.flatMap(({ call, answer }) =>
    'error' in answer ? [{ asked: call.tool, refused: answer.error }] : [],
  );
  task.log.info('case answered', { calls: turns.length, refused: attempts.length });
  return { replied: true, attempts };
}

async function converse(assistant: Assistant, tools: Toolbox): Promise<readonly Turn[]> {
  const turns: Turn[] = [];
  for (let callsLeft = CALLS; callsLeft > 0; callsLeft -= 1) {
    const call = await assistant.next(turns, callsLeft);
    if (call === undefined) break;
    turns.push({ call, answer: await tools.call(call) });
  }
  return turns;
}

/** The error contains the id of the case, which is in the request, but none of its content. */
function assertRead(turns: readonly Turn[], caseId: string): void {
  const reads = turns.filter(({ call }) => call.tool === 'readCase' && call.caseId === caseId);
  if (reads.some(({ answer }) => 'value' in answer && answer.value !== null)) return;
  const [answer] = reads.map((turn) => turn.answer);
  const why =
    answer === undefined ? 'it was not read' : 'error' in answer ? answer.error : 'there is no such case';
  throw new CaseUnreadable(`The case ${caseId} cannot be answered: ${why}. Name a case that exists.`);
}

/**
 * An item of the case in the replies table counts as its reply, even if `writeItem` wrote it: a text may request this tool, which can write
 * to any table.
 */
function assertReply(turns: readonly Turn[], caseId: string, table: string): void {
  const replies = turns.filter(
    ({ call }) =>
      (call.tool === 'writeReply' || (call.tool === 'writeItem' && call.table === table)) &&
      call.caseId === caseId,
  );
  if (replies.some(({ answer }) => 'value' in answer)) return;
  const answer = replies.at(-1)?.answer;
  const why = answer !== undefined && 'error' in answer ? answer.error : 'the assistant wrote none';
  const again = why === 'ConditionalCheckFailedException' ? ' A reply exists already: read it.' : '';
  throw new ReplyNotWritten(
    `No reply was written to the case ${caseId}: ${why}, after ${turns.length} of at most ${CALLS} calls.${again}`,
  );
}
