import type { ProvenRow } from '../ledger/ledger.ts';
import type { RowHealth } from '../ledger/row-health.ts';

export const NAMESPACE = 'Taskbound';
/** The only dimension. An account may have several stacks. */
export const STACK_DIMENSION = 'Stack';

/**
 * Seconds from the end of the work to the proof that its access has ended. Written once for each boundary,
 * with its proof. If the invocation dies in between, it is not written.
 */
export const SECONDS_TO_PROVEN = 'SecondsToProven';

/**
 * One for each emergency when it starts, independent of its review. Repeated if the function that wrote it is
 * called again.
 */
export const EMERGENCY_DECLARED = 'EmergencyDeclared';

/**
 * One for each boundary whose key in the archive contains another object. Repeated if the function that wrote
 * it is called again.
 */
export const ARCHIVE_DISAGREES = 'ArchiveDisagrees';

/**
 * Every scheduled run of reconcile writes these, including zeros, so an alarm can recover. A value is the
 * number of rows with this problem among the rows that were due, counted before the run acted on them. A row
 * with a problem is due in every run (`troubledFromMs`), or at most five minutes later if its check failed.
 * So the maximum over ten minutes is the number of such rows, or less if checks failed at different times,
 * and ten minutes of zeros mean that there are none. Runs for the event of one execution do not write gauges:
 * they check one row.
 */
export const GAUGES = [
  'BoundariesOverdue',
  'BoundariesUnproven',
  'SecretsUnrevoked',
  'DeniesNotEffective',
  'EmergenciesUnreviewed',
] as const;
export type Gauge = (typeof GAUGES)[number];

/** Counts the problems of all rows that a run checked, and the emergencies without a review. */
export function gaugesOf(rows: readonly RowHealth[], openReviews: number): Readonly<Record<Gauge, number>> {
  const count = (hasProblem: (row: RowHealth) => boolean) => rows.filter(hasProblem).length;
  return {
    BoundariesOverdue: count(({ overdue }) => overdue),
    BoundariesUnproven: count(({ unproven }) => unproven),
    SecretsUnrevoked: rows.reduce((sum, { secretsUnrevoked }) => sum + secretsUnrevoked, 0),
    DeniesNotEffective: count(({ denyNotEffective }) => denyNotEffective),
    EmergenciesUnreviewed: openReviews,
  };
}

export const secondsToProven = ({ proof, work }: ProvenRow): number =>
  (proof.provenAtMs - work.endedAtMs) / 1000;

type Unit = 'Count' | 'Seconds';

/**
 * One log event that CloudWatch converts to metrics. It must be a single line with only this JSON. It is far
 * below the limits: 100 metrics in a directive, 30 dimensions, 256 KB in an event, at most two weeks old or
 * two hours in the future.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricLine(
  stack: string,
  atMs: number,
  unit: Unit,
  values: Readonly<Record<string, number>>,
): string {
  const metrics = Object.keys(values).map((name) => ({ Name: name, Unit: unit }));
  return JSON.stringify({
    _aws: {
      Timestamp: atMs,
      CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [[STACK_DIMENSION]], Metrics: metrics }],
    },
    [STACK_DIMENSION]: stack,
    ...values,
  });
}
