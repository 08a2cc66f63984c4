import { MACHINE } from './injector.ts';
import type { Fault, Site } from '../schedules/schedule.ts';
import { isMadeOnce } from './sites.ts';

/** "Until further notice": longer than the tail and more than one Teardown keep trying. */
const FURTHER_NOTICE_SECONDS = 14_400;
const OUTAGE_SECONDS = 600;
const OUTAGES_SECONDS = [OUTAGE_SECONDS, 10_800, FURTHER_NOTICE_SECONDS];
const THROTTLE_SECONDS = 20;
/** Nearly as long as a control function may run. */
const RUN_ON_SECONDS = 20;
const AGAIN_SECONDS = [0, 30, 300];

/** Functions that people, schedules and events call; the others act for one execution, which can be stopped meanwhile. */
const OF_NO_EXECUTION = new Set(['Submit', 'SubmitScheduled', 'Decide', 'End', 'Reconcile']);

/** Functions that run before the work has ended. */
export const STATES_OF_WORK = new Set(['Admit', 'IssueSecret', 'IssueIdentity', 'Work', 'MaintenanceWork']);

/** All that can go wrong at one call. */
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
 * What can go wrong at a call that only some flow reaches, without what shows nothing new there: an answer that is lost once, or a throttle,
 * the SDK deals with before our code hears of it; to die before a call is to die after the one before; and a service of AWS that is down is
 * what a transfer shows at each of its calls. The database nothing else has.
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

/** All that can go wrong at no call in particular. */
export const atNoCall = (states: readonly string[], functions: readonly string[]): Fault[] => [
  ...inPlaces(states, functions),
  ...policiesSlow(),
  { kind: 'policies', seconds: 600, services: ['secretsmanager'], flicker: false },
  { kind: 'policies', seconds: 600, services: ['s3'], flicker: false },
];

/** The same, without what only IAM's own slowness is. */
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

/** What may follow an end. */
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
