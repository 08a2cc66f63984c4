import * as z from 'zod';
import type { Assistant, ToolCall, Turn } from './assistant.ts';
import { ordersIn } from './orders.ts';

const caseRecord = z.object({ customer: z.string(), subject: z.string(), text: z.string() });
type CaseRecord = z.infer<typeof caseRecord>;

/**
 * Stands in for a model, without one: it answers a case, and before that it does whatever a case that it read tells it to. That is the worst
 * that an assistant can do which believes its input, and the same each time.
 */
export const gullibleAssistant = (caseId: string): Assistant => ({
  next: async (transcript, callsLeft) => {
    if (transcript.length === 0) return { tool: 'readCase', caseId };
    const own = recordsIn(transcript)[0];
    if (own === undefined || transcript.some(({ call }) => isReply(call, caseId))) return undefined;
    const reply = replyTo(own);
    const orders = recordsIn(transcript).flatMap(({ text }) => ordersIn(text, reply, caseId));
    // All calls but the first obeyed an order. The last one that it may make is for its own task.
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
