import * as z from 'zod';
import { sha256, timestamp } from './values.ts';

/** `task.requested`: who asked for what. The first event of every task. Fields that are absent did not apply to the task. */
export const taskRequested = z.looseObject({
  taskType: z.string(),
  /** Why the task was asked for, in the requester's words. */
  reason: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number()])),
  /** When the task may run; absent: at any time. */
  window: z.looseObject({ opensAt: timestamp, closesAt: timestamp }).exactOptional(),
  /** Over the request as it was submitted: the same task id with another digest is another request. */
  requestDigest: sha256,
  /** Over everything that the task would be allowed: what is approved, admitted and issued must all name this one. */
  grantDigest: sha256,
  /** Absent in the first records of version 0.1. */
  executionArn: z.string().exactOptional(),
  /** The person behind the actor's ARN, as approvals name people; absent where the type does not name people. */
  requester: z.string().exactOptional(),
  /** How many people must approve the task; absent where none must. */
  approvalsNeeded: z.int().min(1).exactOptional(),
  /** Until when they can. */
  approvalsExpire: timestamp.exactOptional(),
  /** Why the task could not wait for approval, where it ran without. */
  emergency: z.string().exactOptional(),
  /** Name of the schedule that submitted the task. */
  schedule: z.string().exactOptional(),
  /** The run of that schedule: the time it was due, not the time it was submitted. */
  scheduledFor: timestamp.exactOptional(),
});
