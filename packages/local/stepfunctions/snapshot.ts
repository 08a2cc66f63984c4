import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import type { ExecutionView } from './run/execution.ts';

const event = z
  .looseObject({ id: z.number(), previousEventId: z.number(), timestamp: z.iso.datetime(), type: z.string() })
  .transform(({ timestamp, type, ...rest }): HistoryEvent => ({
    ...rest,
    type: type as HistoryEventType,
    timestamp: new Date(timestamp),
  }));

const position = z.object({
  name: z.string(),
  input: z.json(),
  variables: z.record(z.string(), z.json()),
  entered: z.object({ id: z.number(), beforeId: z.number(), atMs: z.number() }).optional(),
});

const execution = z.object({
  arn: z.string(),
  name: z.string(),
  stateMachineArn: z.string(),
  status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']),
  startMs: z.number(),
  stopMs: z.number().optional(),
  redriveCount: z.number().default(0),
  redriveMs: z.number().optional(),
  input: z.string(),
  output: z.string().optional(),
  error: z.string().optional(),
  cause: z.string().optional(),
  events: z.array(event),
  /** Absent from states of version 1, in which a running execution cannot continue. */
  position: position.optional(),
  machine: z.object({ name: z.string(), roleArn: z.string(), definition: z.string() }).optional(),
});

/** An execution as it was saved. `machine.definition` is the text that it was started with. */
export type SavedExecution = z.infer<typeof execution>;

/** Reads a saved execution with its history. Throws a `ZodError`. */
export const readExecution = (saved: unknown): SavedExecution => execution.parse(saved);

const ABORT_CAUSE = 'The local AWS was stopped while this execution ran.';

/** An execution that has ended. One that ran and cannot continue is ABORTED at `nowMs`. */
export function endedView(saved: SavedExecution, nowMs: number): ExecutionView {
  const { stopMs, redriveMs, output, error, cause, ...rest } = saved;
  const view = { ...rest, stopMs, redriveMs, output, error, cause, ended: Promise.resolve() };
  return saved.status === 'RUNNING' ? abortedView(view, nowMs) : view;
}

function abortedView(view: ExecutionView, nowMs: number): ExecutionView {
  const end: HistoryEvent = {
    id: view.events.length + 1,
    previousEventId: 0,
    timestamp: new Date(nowMs),
    type: 'ExecutionAborted',
    executionAbortedEventDetails: { cause: ABORT_CAUSE },
  };
  return { ...view, status: 'ABORTED', stopMs: nowMs, cause: ABORT_CAUSE, events: [...view.events, end] };
}
