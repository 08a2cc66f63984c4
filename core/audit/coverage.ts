import type { Coverage, Wanted } from './digests.ts';
import type { Findings } from './findings.ts';
import type { GapRule } from './rules.ts';
import type { TaskFacts } from './task-facts.ts';

/**
 * Log files come about five minutes after the call, and later at times; a digest names the files that were delivered in its hour. Only a
 * quarter of an hour after the last moment of the task is it taken that all of its records are there.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html
 */
export const DELIVERY_SECONDS = 900;

/** The task's account and region stand in the ARNs of its evidence. */
export function wantedOf({ leases, requestedSecond, lastSecond }: TaskFacts): Wanted {
  const [lease] = leases;
  return {
    accountId: lease?.roleArn.split(':')[4],
    region: lease?.region,
    fromSecond: requestedSecond,
    toSecond: lastSecond + DELIVERY_SECONDS,
  };
}

const secondsOf = (text: string): number => Date.parse(text) / 1000;
const textOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');

/** What keeps the trail, and the evidence itself, from being a proof. */
export function concludeCoverage(
  facts: TaskFacts,
  { digests, from, to }: Coverage,
  findings: Findings,
): void {
  const { fromSecond, toSecond } = wantedOf(facts);
  for (const id of facts.contradictory)
    findings.violate('evidence-contradictory', undefined, `The event ${id}.`);
  for (const id of facts.unreadable) findings.gap('evidence-unreadable', `The event ${id}.`);
  for (const { number, policy } of facts.leases)
    if (policy === undefined) findings.gap('policy-unreadable', `Lease ${number}.`);
  if (!facts.closed) findings.gap('not-closed');
  if (digests === 'absent') return;
  if (from === null || secondsOf(from) > fromSecond)
    findings.gap('starts-late', `It begins at ${from ?? 'no time'}, the task at ${textOf(fromSecond)}.`);
  if (to === null || secondsOf(to) < toSecond)
    findings.gap('ends-early', `It ends at ${to ?? 'no time'}; it must reach ${textOf(toSecond)}.`);
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
