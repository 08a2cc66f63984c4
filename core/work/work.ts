import * as z from 'zod';

/** A result of the work function is at most 32 KiB of JSON: it goes into ledger, evidence and execution output. */
export const RESULT_BYTES = 32 * 1024;
/** So is a checkpoint: it passes through the execution's state and history. */
export const CHECKPOINT_BYTES = 32 * 1024;

/** What the work function gets. Values are not in it: it fetches its credentials from `sessionSecretId`. */
export const workEvent = z.strictObject({
  taskId: z.string(),
  boundaryId: z.string(),
  taskType: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
  sessionSecretId: z.string(),
  sessionVersionId: z.string(),
  secrets: z.record(z.string(), z.string()),
  /** ISO 8601: when the session is refused everything. */
  deadline: z.string(),
  /** What the run before this one handed on; null in the first. */
  checkpoint: z.json(),
});
export type WorkEvent = z.infer<typeof workEvent>;

/** One AWS call that the worker says it made. Its own word, never a body. */
export const toolUse = z.strictObject({
  action: z.string(),
  resource: z.string(),
  /** Of a DynamoDB item that the command names: attribute -> value as text. */
  key: z.record(z.string(), z.string()).exactOptional(),
  requestId: z.string(),
  /** `ok`, or the error's name. */
  outcome: z.string(),
});
export type ToolUse = z.infer<typeof toolUse>;

/** How many uses are told singly; count and digest tell of the rest. */
export const TOOL_USES = 100;
/** Nor more bytes of them than this: beside a result of 32 KiB they must fit into a state's output, and each run's stand in the evidence. */
export const TOOL_USES_BYTES = 64 * 1024;
/** What the runtime can say at most: the uses, and around them brackets, count and digest, for which 1 KiB is ample. */
export const TOOLS_BYTES = TOOL_USES_BYTES + 1024;

/**
 * The first 100 uses, the count of all and the digest of all. Any function may keep the contract, so its size is checked here: a chain is read
 * whole at each append, and a worker could make it long with a few large uses or a long digest.
 */
export const toolsUsed = z
  .strictObject({ uses: z.array(toolUse).max(TOOL_USES), count: z.int().min(0), digest: z.string() })
  .check((given) => {
    const bytes = Buffer.byteLength(JSON.stringify(given.value));
    if (bytes <= TOOLS_BYTES) return;
    const message = `it has ${bytes} bytes; at most ${TOOLS_BYTES} are kept. Tell the first uses only, and the count and digest of all`;
    given.issues.push({ code: 'custom', message, input: bytes });
  });
export type ToolsUsed = z.infer<typeof toolsUsed>;

/** What the work function returns: that it is done, or what the next run, with a lease of its own, goes on from. */
export const workReturn = z.discriminatedUnion('done', [
  z.strictObject({ done: z.literal(true), result: z.json(), tools: toolsUsed.optional() }),
  z.strictObject({ done: z.literal(false), checkpoint: z.json(), tools: toolsUsed.optional() }),
]);
export type WorkReturn = z.infer<typeof workReturn>;

/** The plain credentials in the session secret. */
export const sessionCredentials = z.strictObject({
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  sessionToken: z.string(),
  /** ISO 8601: AWS's own expiry of the credentials, never before the deadline. */
  expiration: z.string(),
});
export type SessionCredentials = z.infer<typeof sessionCredentials>;
