import type { ProvenRow } from '../ledger/ledger.ts';
import type { RowHealth } from '../ledger/row-health.ts';

export const NAMESPACE = 'Taskbound';
/** The one dimension: an account may have several stacks. */
export const STACK_DIMENSION = 'Stack';

/** From the end of the work to the proof that its access is gone. Written once a boundary, with its proof; an invocation that dies in between leaves it out. */
export const SECONDS_TO_PROVEN = 'SecondsToProven';

/** One for each emergency as it begins, whoever reviews it and however soon; again when the function that wrote it is called again. */
export const EMERGENCY_DECLARED = 'EmergencyDeclared';

/** One for each boundary whose place in the archive something else took; again when the function that wrote it is called again. */
export const ARCHIVE_DISAGREES = 'ArchiveDisagrees';

/**
 * Written by every scheduled run of reconcile, zeros included, so that an alarm recovers. A number is what that run saw among the rows
 * that were due, counted before it acted on them: a row in trouble is due in every run (`troubledFromMs`), unless its look failed, and
 * then after five minutes at most. So the highest of ten minutes is how many there were, or fewer if looks failed at different times;
 * ten minutes of zeros mean that there was none. The events of executions do not write gauges: they look at one row.
 */
export const GAUGES = [
  'BoundariesOverdue',
  'BoundariesUnproven',
  'SecretsUnrevoked',
  'DeniesNotEffective',
  'EmergenciesUnreviewed',
] as const;
export type Gauge = (typeof GAUGES)[number];

/** Adds up what is wrong with all rows that a run looked at, and the emergencies that nobody reviewed yet. */
export function gaugesOf(rows: readonly RowHealth[], openReviews: number): Readonly<Record<Gauge, number>> {
  const count = (isSo: (row: RowHealth) => boolean) => rows.filter(isSo).length;
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
 * One log event that CloudWatch turns into metrics: it must be one line that is this JSON and nothing around it. Limits are far away: 100
 * metrics a directive, 30 dimensions, 256 KB an event, at most two weeks old or two hours ahead.
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
