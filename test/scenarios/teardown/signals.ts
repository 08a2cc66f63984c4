import { GAUGES, SECONDS_TO_PROVEN, type Gauge } from '../../../core/operations/metrics.ts';
import type { Verdict } from 'taskbound-local/gateway/intercept';
import type { Deployed } from '../deployed.ts';

/** What a stack shows of itself to the outside: events on the bus, and metrics in the output of its functions. */

interface Published {
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What Taskbound put on the bus about a boundary. */
export const published = (stack: Deployed, boundaryId: string): Published[] =>
  stack.aws.events.published
    .filter(({ source, detail }) => source === 'taskbound' && detail['boundaryId'] === boundaryId)
    .map((event) => ({ type: event['detail-type'], detail: event.detail }));

type Line = Readonly<Record<string, unknown>>;

/** Lines of standard output that are metrics, as CloudWatch would find them. */
const metricLines = (stack: Deployed, metric: string): { readonly atMs: number; readonly line: Line }[] =>
  stack.aws.lambda.host.logs
    .filter(({ level, message }) => level === 'STDOUT' && message.includes(`"${metric}"`))
    .map(({ atMs, message }) => ({ atMs, line: JSON.parse(message) as Line }));

/** The gauges of each run of reconcile, in order. */
export const gauges = (stack: Deployed): (Record<Gauge, number> & { readonly atMs: number })[] =>
  metricLines(stack, GAUGES[0]).map(({ atMs, line }) => ({ ...(line as Record<Gauge, number>), atMs }));

export const secondsToProven = (stack: Deployed): number[] =>
  metricLines(stack, SECONDS_TO_PROVEN).map(({ line }) => Number(line[SECONDS_TO_PROVEN]));

/** What becomes of PutEvents when a control function asks, until the function that is returned is called. */
export function meddleWithBus(
  stack: Deployed,
  by: string,
  verdict: Verdict = { refuse: { name: 'ServiceUnavailable', message: 'down for a while', status: 503 } },
): () => void {
  stack.aws.intercept = ({ operation, caller }) =>
    operation === 'PutEvents' && caller.arn.includes(by) ? verdict : 'proceed';
  return () => (stack.aws.intercept = undefined);
}

/** Lets the schedule run for some virtual minutes. */
export async function minutes(stack: Deployed, count: number): Promise<void> {
  stack.aws.startSchedules();
  await stack.aws.clock.sleep(count * 60_000);
  stack.aws.stopSchedules();
}
