import { answerOf } from '../calls/answers.ts';
import { secondsOf } from './digest-file.ts';
import type { Coverage, Wanted } from './digests.ts';
import type { Findings } from '../findings.ts';
import type { GapRule } from '../rules.ts';
import type { Proving } from './observed-events.ts';
import type { TaskFacts } from '../task-facts.ts';
import type { TrailEvent } from './trail-event.ts';

/**
 * Log files come about five minutes after the call, and later at times; a digest names the files that were delivered in its hour. Only a
 * quarter of an hour after the last moment of the task is it taken that all of its records are there.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html
 */
export const DELIVERY_SECONDS = 900;

/** No time of delivery is promised: only what is not there a day later is held against the worker. */
export const LATE_SECONDS = 86_400;

/** What shows that a trail is on may be this much older than the task. */
const BEFORE_SECONDS = 3600;

/** `regions`: those with records of the task, beside its own. */
export function wantedOf(
  { place, requestedSecond, lastSecond }: TaskFacts,
  regions: ReadonlySet<string>,
): Wanted {
  return {
    accountId: place?.accountId,
    regions: [...new Set([...(place === undefined ? [] : [place.region]), ...regions])].sort(),
    fromSecond: requestedSecond,
    toSecond: lastSecond + DELIVERY_SECONDS,
  };
}

/** Whether a record is of the time in which it matters what the trail logs. */
export const isInTime = ({ second }: TrailEvent, { requestedSecond, lastSecond }: TaskFacts): boolean =>
  second >= requestedSecond - BEFORE_SECONDS && second <= lastSecond + DELIVERY_SECONDS;

/**
 * What makes a trail record less, or nothing. Insights are no records.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Operations.html
 */
const RECONFIGURES = new Set(['StopLogging', 'PutEventSelectors', 'UpdateTrail', 'DeleteTrail']);

/** Whether a trail was changed while it mattered what it logs. */
export function isReconfigured(event: TrailEvent, facts: TaskFacts): boolean {
  if (event.source !== 'cloudtrail.amazonaws.com' || !RECONFIGURES.has(event.name)) return false;
  return answerOf(event) === 'answered' && isInTime(event, facts);
}

const textOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/** What keeps the trail, and the evidence itself, from being a proof. */
export function concludeCoverage(facts: TaskFacts, coverage: Coverage, findings: Findings): void {
  for (const id of facts.contradictory)
    findings.violate('evidence-contradictory', undefined, `The event ${id}.`);
  for (const id of facts.unreadable) findings.gap('evidence-unreadable', `The event ${id}.`);
  for (const { number, policy } of facts.leases)
    if (policy === undefined) findings.gap('policy-unreadable', `Lease ${number}.`);
  if (!facts.closed) findings.gap('not-closed');
  if (facts.place === undefined) findings.gap('place-unknown');
  if (coverage.digests === 'absent') return;
  const { fromSecond, toSecond } = wantedOf(facts, new Set());
  for (const { region, from, to } of coverage.regions) {
    if (from === null || secondsOf(from) > fromSecond)
      findings.gap(
        'starts-late',
        `In ${region} it begins at ${from ?? 'no time'}, the task at ${textOf(fromSecond)}.`,
      );
    if (to === null || secondsOf(to) < toSecond)
      findings.gap(
        'ends-early',
        `In ${region} it ends at ${to ?? 'no time'}; it must reach ${textOf(toSecond)}.`,
      );
  }
}

/** The time that is covered in every region; null when one is not. */
export function spanOf({ regions }: Coverage): { readonly from: string | null; readonly to: string | null } {
  const [froms, tos] = [regions.flatMap(({ from }) => from ?? []), regions.flatMap(({ to }) => to ?? [])];
  if (regions.length === 0 || froms.length < regions.length || tos.length < regions.length)
    return { from: null, to: null };
  const byTime = (left: string, right: string): number => secondsOf(left) - secondsOf(right);
  return { from: froms.sort(byTime).at(-1) ?? null, to: tos.sort(byTime)[0] ?? null };
}

/** Which files prove what a trail logs. Without digests nothing tells files apart, and that is a gap of its own. */
export function provingOf(coverage: Coverage): Proving {
  if (coverage.digests === 'absent') return { files: undefined, fromSecond: -Infinity };
  const { from } = spanOf(coverage);
  return { files: coverage.covering, fromSecond: from === null ? Infinity : secondsOf(from) };
}

/** Whether the trail reaches so far that nothing can still be on its way. */
export function isLate(coverage: Coverage, { lastSecond }: TaskFacts): boolean {
  const { to } = spanOf(coverage);
  return to !== null && secondsOf(to) >= lastSecond + LATE_SECONDS;
}

/** With any of these a record may be missing that was there. */
const INCOMPLETE: readonly GapRule[] = [
  'digests-absent',
  'digest-missing',
  'digest-invalid',
  'trail-changed',
  'trail-key-unknown',
  'log-file-missing',
  'starts-late',
  'ends-early',
];

/** Whether what is not in the trail was not there: only then is its absence held against anybody. */
export const isComplete = (findings: Findings): boolean => !INCOMPLETE.some((rule) => findings.has(rule));
