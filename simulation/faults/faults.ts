import { MACHINE } from './injector.ts';
import type { Fault, Site } from '../schedules/schedule.ts';
import { isMadeOnce } from './sites.ts';

/** A long outage: longer than the tail and more than one Teardown retry. */
const FURTHER_NOTICE_SECONDS = 14_400;
const OUTAGE_SECONDS = 600;
const OUTAGES_SECONDS = [OUTAGE_SECONDS, 10_800, FURTHER_NOTICE_SECONDS];
const THROTTLE_SECONDS = 20;
/** Almost as long as a control function may run. */
const RUN_ON_SECONDS = 20;
const AGAIN_SECONDS = [0, 30, 300];

/**
 * Functions that people, schedules and events call. The others act for one execution, which can be stopped
 * meanwhile.
 */
const OF_NO_EXECUTION = new Set(['Submit', 'SubmitScheduled', 'Decide', 'End', 'Reconcile']);

/** Functions that run before the work has ended. */
export const STATES_OF_WORK = new Set(['Admit', 'IssueSecret', 'IssueIdentity', 'Work', 'MaintenanceWork']);

/** All faults at one call. */
export function atCall(at: Site): Fault[] {
  const onService: Fault[] = [
    { kind: 'refuse', at },
    { kind: 'lose', at, attempts: 'first' },
    { kind: 'lose', at, attempts: 'all' },
    { kind: 'throttle', at, seconds: THROTTLE_SECONDS },
    ...OUTAGES_SECONDS.map((seconds): Fault => ({ kind: 'outage', at, seconds })),
  ];
  return [...onService, ...onFunction(at, ['before', 'after'])];
}

function onFunction(at: Site, kills: readonly ('before' | 'after')[]): Fault[] {
  if (at.of === MACHINE) return [];
  return [
    ...kills.map((when): Fault => ({ kind: 'kill', at, when })),
    { kind: 'run-on', at, seconds: RUN_ON_SECONDS },
    { kind: 'twice', at },
    ...(OF_NO_EXECUTION.has(at.of) ? [] : [{ kind: 'stop-at', at } as const]),
  ];
}

/**
 * The faults at a call that only some flow reaches, without those that show nothing new: the SDK handles a
 * single lost answer or a throttle itself; to die before a call is the same as to die after the previous one;
 * and a transfer already covers unavailable AWS services at each of its calls. Only these flows use the
 * database.
 */
export function atFreshCall(at: Site, service: string): Fault[] {
  const outages = isMadeOnce(service) ? OUTAGES_SECONDS : at.of === MACHINE ? [OUTAGE_SECONDS] : [];
  return [
    { kind: 'refuse', at },
    { kind: 'lose', at, attempts: 'all' },
    ...outages.map((seconds): Fault => ({ kind: 'outage', at, seconds })),
    ...onFunction(at, at.call === 1 ? ['before', 'after'] : ['after']),
  ];
}

const policiesSlow = (): Fault[] =>
  [0, 10, 60, 600].flatMap((seconds): Fault[] => [
    { kind: 'policies', seconds, flicker: false },
    ...(seconds > 0 ? [{ kind: 'policies', seconds, flicker: true } as const] : []),
  ]);

/** All faults that do not happen at a particular call. */
export const atNoCall = (states: readonly string[], functions: readonly string[]): Fault[] => [
  ...inPlaces(states, functions),
  ...policiesSlow(),
  { kind: 'policies', seconds: 600, services: ['secretsmanager'], flicker: false },
  { kind: 'policies', seconds: 600, services: ['s3'], flicker: false },
];

/** The same without the faults that are only delays of IAM. */
export function inPlaces(states: readonly string[], functions: readonly string[]): Fault[] {
  return [
    ...states.map((state): Fault => ({ kind: 'stop', state })),
    ...functions.flatMap((of) =>
      AGAIN_SECONDS.map((seconds): Fault => ({ kind: 'again', of, invocation: 1, seconds })),
    ),
    ...functions.flatMap((of) => [-2, 2].map((seconds): Fault => ({ kind: 'skew', of, seconds }))),
    { kind: 'quota' },
    { kind: 'by-hand', what: 'teardown' },
    { kind: 'by-hand', what: 'execution' },
    { kind: 'work', what: 'throws' },
    { kind: 'work', what: 'hangs' },
    { kind: 'schedule', what: 'twice', seconds: 3_600 },
  ];
}

/** Faults after the end of an execution. */
export const THEN: readonly Fault[] = [
  { kind: 'events', what: 'lost' },
  { kind: 'events', what: 'twice' },
  { kind: 'events', what: 'late' },
  { kind: 'redrive', when: 'ended' },
  { kind: 'redrive', when: 'closed' },
  { kind: 'quota' },
  { kind: 'policies', seconds: 600, flicker: false },
];
export const THEN_NOTHING_LOOKS: readonly Fault[] = [
  { kind: 'events', what: 'lost' },
  { kind: 'schedule', what: 'lost', seconds: 3_600 },
];
