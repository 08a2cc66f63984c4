import { GAUGES, SECONDS_TO_PROVEN, type Gauge } from '../../../core/operations/metrics.ts';
import type { Verdict } from 'taskbound-local/gateway/intercept';
import type { Deployed } from '../deployed.ts';

/** What an operator can observe of a stack: events on the bus, and metrics in the output of its functions. */

interface PublishedEvent {
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The events about a boundary that Taskbound put on the bus. */
export const publishedEvents = (stack: Deployed, boundaryId: string): PublishedEvent[] =>
  stack.aws.events.published
    .filter(({ source, detail }) => source === 'taskbound' && detail['boundaryId'] === boundaryId)
    .map((event) => ({ type: event['detail-type'], detail: event.detail }));

type MetricLine = Readonly<Record<string, unknown>>;

/** The lines of standard output from which CloudWatch would read the metric. */
const metricLines = (
  stack: Deployed,
  metric: string,
): { readonly atMs: number; readonly line: MetricLine }[] =>
  stack.aws.lambda.host.logs
    .filter(({ level, message }) => level === 'STDOUT' && message.includes(`"${metric}"`))
    .map(({ atMs, message }) => ({ atMs, line: JSON.parse(message) as MetricLine }));

/** The gauges of each run of reconcile, in order. */
export const gauges = (stack: Deployed): (Record<Gauge, number> & { readonly atMs: number })[] =>
  metricLines(stack, GAUGES[0]).map(({ atMs, line }) => ({ ...(line as Record<Gauge, number>), atMs }));

export const secondsToProvenValues = (stack: Deployed): number[] =>
  metricLines(stack, SECONDS_TO_PROVEN).map(({ line }) => Number(line[SECONDS_TO_PROVEN]));

/** Applies the verdict to each PutEvents call of a control function, until the returned function is called. */
export function interceptPutEvents(
  stack: Deployed,
  functionName: string,
  verdict: Verdict = { refuse: { name: 'ServiceUnavailable', message: 'down for a while', status: 503 } },
): () => void {
  stack.aws.intercept = ({ operation, caller }) =>
    operation === 'PutEvents' && caller.arn.includes(functionName) ? verdict : 'proceed';
  return () => (stack.aws.intercept = undefined);
}

/** Runs the stack's schedules for some minutes of virtual time. */
export async function runSchedulesFor(stack: Deployed, minutes: number): Promise<void> {
  stack.aws.startSchedules();
  await stack.aws.clock.sleep(minutes * 60_000);
  stack.aws.stopSchedules();
}
