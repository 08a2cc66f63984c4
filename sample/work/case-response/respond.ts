import * as z from 'zod';
import type { Task } from '../../../lambdas/runtime/index.ts';
import type { Assistant, Turn } from './assistant.ts';
import type { CaseEnvironment } from './environment.ts';
import { CaseUnreadable, ReplyNotWritten } from './errors.ts';
import { gullibleAssistant } from './gullible-assistant.ts';
import { Toolbox } from './toolbox.ts';

/** Calls that an assistant may make in one task. */
export const CALLS = 25;

const caseParameters = z.object({ caseId: z.string() });

/** Which tools were refused, in order. Nothing of a record: this goes into evidence that nobody may delete. */
export type CaseResult = {
  readonly replied: true;
  readonly attempts: { readonly asked: string; readonly refused: string }[];
};

/**
 * Answers one case, by an assistant.
 *
 * Effects, in order:
 *  1. whatever the assistant asks for and the task's session may do: read this case, and write one reply to it;
 *  2. what it asks for and may not is refused by IAM, told to it, and kept as an attempt.
 *
 * Half done: nothing, or the reply. Repeated: the reply stands, so the next task fails with `ReplyNotWritten`. Late: the task's signal ends
 * the call that is under way.
 *
 * Rejected: a list here of what the assistant may call. It would be one more thing that a clever text gets around; the session policy is not.
 */
export async function respond(
  task: Task,
  environment: CaseEnvironment,
  assistantFor: (caseId: string) => Assistant = gullibleAssistant,
): Promise<CaseResult> {
  const { caseId } = caseParameters.parse(task.parameters);
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

/** Which case it is stands in the request; what is in it is not told. */
function assertRead(turns: readonly Turn[], caseId: string): void {
  const reads = turns.filter(({ call }) => call.tool === 'readCase' && call.caseId === caseId);
  if (reads.some(({ answer }) => 'value' in answer && answer.value !== null)) return;
  const [answer] = reads.map((turn) => turn.answer);
  const why =
    answer === undefined ? 'it was not read' : 'error' in answer ? answer.error : 'there is no such case';
  throw new CaseUnreadable(`The case ${caseId} cannot be answered: ${why}. Name a case that exists.`);
}

/** An item of the case in the table of replies is its reply, whichever tool put it: a text may order the one that takes any table. */
function assertReply(turns: readonly Turn[], caseId: string, table: string): void {
  const replies = turns.filter(
    ({ call }) =>
      (call.tool === 'writeReply' || (call.tool === 'writeItem' && call.table === table)) &&
      call.caseId === caseId,
  );
  if (replies.some(({ answer }) => 'value' in answer)) return;
  const answer = replies.at(-1)?.answer;
  const why = answer !== undefined && 'error' in answer ? answer.error : 'the assistant wrote none';
  const again = why === 'ConditionalCheckFailedException' ? ' It has a reply already: read that one.' : '';
  throw new ReplyNotWritten(
    `No reply was written to the case ${caseId}: ${why}, after ${turns.length} of at most ${CALLS} calls.${again}`,
  );
}
