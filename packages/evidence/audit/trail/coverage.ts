import { answerOf } from '../calls/answers.ts';
import { secondsOf } from './digest-file.ts';
import type { Coverage, RequiredCoverage } from './digests.ts';
import type { AuditFindings } from '../findings.ts';
import type { GapRule } from '../rules.ts';
import type { ProvingFiles } from './observed-events.ts';
import type { TaskFacts } from '../task-facts.ts';
import type { TrailEvent } from './trail-event.ts';

/**
 * CloudTrail delivers log files about five minutes after the call, and sometimes later. A digest lists the
 * files that were delivered in its hour. All records of the task are assumed to be delivered 15 minutes after
 * its end. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html
 */
export const DELIVERY_SECONDS = 900;

/**
 * CloudTrail does not guarantee a delivery time. A reported call counts as missing only if it is not
 * delivered one day later.
 */
export const LATE_SECONDS = 86_400;

/** Records that prove what a trail logs may be this much older than the task. */
const BEFORE_SECONDS = 3600;

/** `regions`: regions with records of the task, in addition to the task's own region. */
export function requiredCoverageOf(
  { place, requestedSecond, lastSecond }: TaskFacts,
  regions: ReadonlySet<string>,
): RequiredCoverage {
  return {
    accountId: place?.accountId,
    regions: [...new Set([...(place === undefined ? [] : [place.region]), ...regions])].sort(),
    fromSecond: requestedSecond,
    toSecond: lastSecond + DELIVERY_SECONDS,
  };
}

/** Whether a record is from the time in which the trail must log. */
export const isInTaskTime = ({ second }: TrailEvent, { requestedSecond, lastSecond }: TaskFacts): boolean =>
  second >= requestedSecond - BEFORE_SECONDS && second <= lastSecond + DELIVERY_SECONDS;

/**
 * Calls that can reduce or stop what a trail logs. Changes of Insights do not matter, because they are not
 * records. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Operations.html
 */
const RECONFIGURING_CALLS = new Set(['StopLogging', 'PutEventSelectors', 'UpdateTrail', 'DeleteTrail']);

/** Whether the record changes a trail in the time in which it must log. */
export function isReconfigured(event: TrailEvent, facts: TaskFacts): boolean {
  if (event.source !== 'cloudtrail.amazonaws.com' || !RECONFIGURING_CALLS.has(event.name)) return false;
  return answerOf(event) === 'answered' && isInTaskTime(event, facts);
}

const textOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/** Adds the violations and gaps of the evidence itself, and the gaps in what the trail covers. */
export function findCoverageGaps(facts: TaskFacts, coverage: Coverage, findings: AuditFindings): void {
  for (const id of facts.contradictory)
    findings.violate('evidence-contradictory', undefined, `The event ${id}.`);
  for (const id of facts.unreadable) findings.gap('evidence-unreadable', `The event ${id}.`);
  for (const { number, policy } of facts.leases)
    if (policy === undefined) findings.gap('policy-unreadable', `Lease ${number}.`);
  if (!facts.closed) findings.gap('not-closed');
  if (facts.place === undefined) findings.gap('place-unknown');
  if (coverage.digests === 'absent') return;
  const { fromSecond, toSecond } = requiredCoverageOf(facts, new Set());
  for (const { region, from, to } of coverage.regions) {
    if (from === null || secondsOf(from) > fromSecond)
      findings.gap(
        'starts-late',
        from === null
          ? `In ${region} it covers no time; the task starts at ${textOf(fromSecond)}.`
          : `In ${region} it starts at ${from}, and the task at ${textOf(fromSecond)}.`,
      );
    if (to === null || secondsOf(to) < toSecond)
      findings.gap(
        'ends-early',
        to === null
          ? `In ${region} it covers no time; it must cover the time until ${textOf(toSecond)}.`
          : `In ${region} it ends at ${to}; it must cover the time until ${textOf(toSecond)}.`,
      );
  }
}

/** The time that is covered in all regions. Null if a region is not covered. */
export function coveredSpan({ regions }: Coverage): {
  readonly from: string | null;
  readonly to: string | null;
} {
  const [froms, tos] = [regions.flatMap(({ from }) => from ?? []), regions.flatMap(({ to }) => to ?? [])];
  if (regions.length === 0 || froms.length < regions.length || tos.length < regions.length)
    return { from: null, to: null };
  const byTime = (left: string, right: string): number => secondsOf(left) - secondsOf(right);
  return { from: froms.sort(byTime).at(-1) ?? null, to: tos.sort(byTime)[0] ?? null };
}

/**
 * Which files prove what a trail logs. Without digests, all files count the same; the missing digests are a
 * gap of their own.
 */
export function provingFilesOf(coverage: Coverage): ProvingFiles {
  if (coverage.digests === 'absent') return { files: undefined, fromSecond: -Infinity };
  const { from } = coveredSpan(coverage);
  return { files: coverage.covering, fromSecond: from === null ? Infinity : secondsOf(from) };
}

/** Whether the trail ends so late that no record can still be delivered. */
export function isPastDelivery(coverage: Coverage, { lastSecond }: TaskFacts): boolean {
  const { to } = coveredSpan(coverage);
  return to !== null && secondsOf(to) >= lastSecond + LATE_SECONDS;
}

/** Gaps with which a delivered record may be missing. */
const INCOMPLETE_TRAIL: readonly GapRule[] = [
  'digests-absent',
  'digest-missing',
  'digest-invalid',
  'trail-changed',
  'trail-key-unknown',
  'log-file-missing',
  'starts-late',
  'ends-early',
];

/** Whether the trail is complete. Only then may a missing record be a violation. */
export const isComplete = (findings: AuditFindings): boolean =>
  !INCOMPLETE_TRAIL.some((rule) => findings.has(rule));
