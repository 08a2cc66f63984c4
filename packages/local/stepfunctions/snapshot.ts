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
});

const schema = z.object({ executions: z.array(execution) });

/** The executions as JSON text, for `restoreExecutions`. */
export function snapshotExecutions(executions: Iterable<ExecutionView>): string {
  const plain = [...executions].map((view) => {
    const { arn, name, stateMachineArn, status, startMs, stopMs, redriveCount, redriveMs } = view;
    const { input, output, error, cause, events } = view;
    return {
      ...{ arn, name, stateMachineArn, status, startMs, stopMs, redriveCount, redriveMs },
      ...{ input, output, error, cause, events },
    };
  });
  return JSON.stringify({ executions: plain });
}

const ABORT_CAUSE = 'The local AWS was stopped while this execution ran.';

/**
 * Reads a snapshot. A running execution cannot continue, so it is restored as ABORTED at `nowMs`. Throws a
 * `ZodError`.
 */
export function restoreExecutions(json: string, nowMs: number): readonly ExecutionView[] {
  return schema.parse(JSON.parse(json)).executions.map((stored) => {
    const { stopMs, redriveMs, output, error, cause, ...rest } = stored;
    const view = { ...rest, stopMs, redriveMs, output, error, cause, ended: Promise.resolve() };
    return stored.status === 'RUNNING' ? abortedView(view, nowMs) : view;
  });
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
