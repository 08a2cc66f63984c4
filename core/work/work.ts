import * as z from 'zod';

/**
 * The result of the work function is at most 32 KiB of JSON: it is stored in the ledger, the evidence and the
 * execution's output.
 */
export const RESULT_BYTES = 32 * 1024;
/** A checkpoint has the same limit: it is part of the execution's state and history. */
export const CHECKPOINT_BYTES = 32 * 1024;

/**
 * The input of the work function. It contains no secret values: the function reads its credentials from
 * `sessionSecretId`.
 */
export const workEvent = z.strictObject({
  taskId: z.string(),
  boundaryId: z.string(),
  taskType: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
  sessionSecretId: z.string(),
  sessionVersionId: z.string(),
  secrets: z.record(z.string(), z.string()),
  /** ISO 8601: the time from which every call of the session is refused. */
  deadline: z.string(),
  /** The checkpoint of the previous run. Null in the first run. */
  checkpoint: z.json(),
});
export type WorkEvent = z.infer<typeof workEvent>;

/** One AWS call that the worker reports. The report is not trusted, and never contains a body. */
export const toolUse = z.strictObject({
  action: z.string(),
  resource: z.string(),
  /** The key of the DynamoDB item in the command: attribute -> value as text. */
  key: z.record(z.string(), z.string()).exactOptional(),
  requestId: z.string(),
  /** `ok`, or the error's name. */
  outcome: z.string(),
});
export type ToolUse = z.infer<typeof toolUse>;

/** How many uses are listed. The others are covered by count and digest. */
export const TOOL_USES = 100;
/**
 * The maximum size of the listed uses. With a result of 32 KiB, they must fit into a state's output, and
 * those of each run are stored in the evidence.
 */
export const TOOL_USES_BYTES = 64 * 1024;
/** The maximum size of the whole report: the uses, and 1 KiB for brackets, count and digest. */
export const TOOLS_BYTES = TOOL_USES_BYTES + 1024;

/**
 * The first 100 uses, the count of all and the digest of all. The size is checked here, because a work
 * function need not use the runtime. A chain is read completely at each append, and a worker could make it
 * long with a few large uses or a long digest.
 */
export const toolsUsed = z
  .strictObject({ uses: z.array(toolUse).max(TOOL_USES), count: z.int().min(0), digest: z.string() })
  .check((given) => {
    const bytes = Buffer.byteLength(JSON.stringify(given.value));
    if (bytes <= TOOLS_BYTES) return;
    const message = `it has ${bytes} bytes; allowed: at most ${TOOLS_BYTES}. List only the first uses, with the count and digest of all`;
    given.issues.push({ code: 'custom', message, input: bytes });
  });
export type ToolsUsed = z.infer<typeof toolsUsed>;

/**
 * The return value of the work function: its result, or a checkpoint for the next run, which has its own
 * lease.
 */
export const workReturn = z.discriminatedUnion('done', [
  z.strictObject({ done: z.literal(true), result: z.json(), tools: toolsUsed.optional() }),
  z.strictObject({ done: z.literal(false), checkpoint: z.json(), tools: toolsUsed.optional() }),
]);
export type WorkReturn = z.infer<typeof workReturn>;

/** The credentials in the session secret. */
export const sessionCredentials = z.strictObject({
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  sessionToken: z.string(),
  /** ISO 8601: when AWS expires the credentials, never before the deadline. */
  expiration: z.string(),
});
export type SessionCredentials = z.infer<typeof sessionCredentials>;
