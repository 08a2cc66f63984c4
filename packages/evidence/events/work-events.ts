import * as z from 'zod';
import { count, leaseNumber, sha256, timestamp } from './values.ts';

/** One AWS call, as the worker reported it. Never a body. */
const reportedUse = z.looseObject({
  action: z.string(),
  /** An ARN or a name. Of a refused call that no policy could allow: `sha256:` and the hash of it, because it may be anybody's text. */
  resource: z.string(),
  /** Of a DynamoDB item that the call names: attribute to value as text, or to `sha256:` and its hash as above. */
  key: z.record(z.string(), z.string()).exactOptional(),
  /** AWS's id of the call, by which the trail is searched; empty where there was none. */
  requestId: z.string(),
  /** `ok`, or the error's name. */
  outcome: z.string(),
  /** The tool whose statement allows the call, found by the control function; null: none. Absent in records that are older than this field. */
  tool: z.string().nullable().exactOptional(),
});

const reportedTools = z.looseObject({
  /** Who reported it. Absent in records that are older than this field. */
  word: z.literal('worker').exactOptional(),
  /** The first 100 uses. */
  uses: z.array(reportedUse),
  /** How many there were in all. */
  count,
  /** The worker's digest over all uses, in its own words: without `tool`, and not hashed one by one. Not checked, so any text. */
  digest: z.string(),
});

/** The worker's report of its AWS calls; `unknown` when it died or reported none. */
const tools = z.union([z.literal('unknown'), reportedTools]);

/**
 * `work.finished`: how one run of the work ended. Event id `work.finished` for the last run, `work.finished:<lease>` for one that handed on.
 * Result, error, cause and tools are the worker's own words, redacted by its runtime.
 */
export const workFinished = z.discriminatedUnion('status', [
  z.looseObject({
    /** The run is not the last: another, with a lease of its own, goes on from its checkpoint. */
    status: z.literal('handed-on'),
    lease: leaseNumber,
    /** Over the checkpoint's canonical JSON. */
    checkpointDigest: sha256,
    tools,
  }),
  z.looseObject({
    status: z.literal('succeeded'),
    /** Whatever JSON the work returned, 32 KiB at most. */
    result: z.json(),
    tools,
    endedAt: timestamp,
  }),
  z.looseObject({
    status: z.literal('failed'),
    /** The error's name. */
    error: z.string(),
    cause: z.string(),
    tools,
    endedAt: timestamp,
  }),
]);
