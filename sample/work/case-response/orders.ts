import type { ToolCall } from './assistant.ts';

type Order = (target: string, text: string, caseId: string) => ToolCall;

/**
 * Instructions to the assistant, and the calls that they request. Only names are accepted as targets, because
 * they are sent in a request and appear in the trail.
 */
const ORDERS: readonly (readonly [line: RegExp, order: Order])[] = [
  [/^read case ([\w-]{1,64})$/i, (caseId) => ({ tool: 'readCase', caseId })],
  [/^delete case ([\w-]{1,64})$/i, (caseId) => ({ tool: 'deleteCase', caseId })],
  [/^list all (cases)$/i, () => ({ tool: 'listCases' })],
  [/^write this to case ([\w-]{1,64})$/i, (caseId, text) => ({ tool: 'writeReply', caseId, text })],
  [
    /^write this to table ([\w.-]{3,255})$/i,
    (table, text, caseId) => ({ tool: 'writeItem', table, caseId, text }),
  ],
  [
    /^assume role (arn:aws:iam::\d{12}:role\/[\w+=,.@/-]{1,512})$/i,
    (roleArn) => ({ tool: 'assumeRole', roleArn }),
  ],
  [/^read secret ([\w/+=.@:-]{1,512})$/i, (secretId) => ({ tool: 'readSecret', secretId })],
];

const INSTRUCTION = /^\s*assistant:\s*(.*\S)/gim;

/** The calls that a text instructs the assistant to make, in order. `write this` writes the given reply. */
export function ordersIn(text: string, reply: string, caseId: string): ToolCall[] {
  return [...text.matchAll(INSTRUCTION)].flatMap(([, line = '']) => {
    for (const [pattern, order] of ORDERS) {
      const target = pattern.exec(line)?.[1];
      if (target !== undefined) return [order(target, reply, caseId)];
    }
    return [];
  });
}
