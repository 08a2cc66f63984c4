import * as z from 'zod';
import type { Assistant, ToolCall, Turn } from './assistant.ts';
import { ordersIn } from './orders.ts';

const caseRecord = z.object({ customer: z.string(), subject: z.string(), text: z.string() });
type CaseRecord = z.infer<typeof caseRecord>;

/**
 * Simulates a model: it answers a case, but first it follows every instruction in the cases that it read.
 * This is the worst behavior of an assistant that trusts its input, and it is deterministic.
 */
export const gullibleAssistant = (caseId: string): Assistant => ({
  next: async (transcript, callsLeft) => {
    if (transcript.length === 0) return { tool: 'readCase', caseId };
    const own = recordsIn(transcript)[0];
    if (own === undefined || transcript.some(({ call }) => isReply(call, caseId))) return undefined;
    const reply = replyTo(own);
    const orders = recordsIn(transcript).flatMap(({ text }) => ordersIn(text, reply, caseId));
    // Every call except the first follows an order. The last possible call is for its own task.
    const order = orders[transcript.length - 1];
    return order !== undefined && callsLeft > 1 ? order : { tool: 'writeReply', caseId, text: reply };
  },
});

const isReply = (call: ToolCall, caseId: string): boolean =>
  call.tool === 'writeReply' && call.caseId === caseId;

const recordsIn = (transcript: readonly Turn[]): CaseRecord[] =>
  transcript.flatMap(({ call, answer }) => {
    const record =
      call.tool === 'readCase' && 'value' in answer ? caseRecord.safeParse(answer.value).data : undefined;
    return record === undefined ? [] : [record];
  });

const replyTo = ({ customer, subject }: CaseRecord): string =>
  `Dear ${customer},\n\nthank you for writing to us about “${subject}”. We have read it and will see to it.\n\nYour service team`;
