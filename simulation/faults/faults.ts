import { MACHINE } from './injector.ts';
import type { Fault, Site } from '../schedules/schedule.ts';
import { isMadeOnce } from './sites.ts';

/** Longer than the retries of the tail and of more than one Teardown. */
const LONG_OUTAGE_SECONDS = 14_400;
const OUTAGE_SECONDS = 600;
const OUTAGES_SECONDS = [OUTAGE_SECONDS, 10_800, LONG_OUTAGE_SECONDS];
const THROTTLE_SECONDS = 20;
/** Shorter than the timeout of a control function, which is 30 seconds. */
const RUN_ON_SECONDS = 20;
const AGAIN_SECONDS = [0, 30, 300];

/**
 * Functions that people, schedules and events call. Each call of the other functions belongs to an execution, which can be stopped during
 * the call.
 */
const NOT_IN_EXECUTIONS = new Set(['Submit', 'SubmitScheduled', 'Decide', 'End', 'Reconcile']);

/** Functions that run before the end of the work. */
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
    ...(NOT_IN_EXECUTIONS.has(at.of) ? [] : [{ kind: 'stop-at', at } as const]),
  ];
}

/**
 * The faults at a call that a transfer does not reach, without those that test nothing new. The SDK handles a single lost answer and a
 * throttle itself. A function that dies before a call has the same effect as one that dies after the previous call. A transfer already
 * covers outages of AWS services at each of its calls, but not outages of the database.
 */
export function atNewCall(at: Site, service: string): Fault[] {
  const outages = isMadeOnce(service) ? OUTAGES_SECONDS : at.of === MACHINE ? [OUTAGE_SECONDS] : [];
  return [
    { kind: 'refuse', at },
    { kind: 'lose', at, attempts: 'all' },
    ...outages.map((seconds): Fault => ({ kind: 'outage', at, seconds })),
    ...onFunction(at, at.call === 1 ? ['before', 'after'] : ['after']),
  ];
}

const policyDelays = (): Fault[] =>
  [0, 10, 60, 600].flatMap((seconds): Fault[] => [
    { kind: 'policies', seconds, flicker: false },
    ...(seconds > 0 ? [{ kind: 'policies', seconds, flicker: true } as const] : []),
  ]);

/** Below the read lag that the functions wait for: `core/shared/read-lag.ts`. */
const READ_LAGS_SECONDS = [1, 5, 9];
const readLags = (): Fault[] =>
  READ_LAGS_SECONDS.flatMap((seconds): Fault[] => [
    { kind: 'reads', of: 'secretsmanager', seconds },
    { kind: 'reads', of: 'sts', seconds },
  ]);

/** All faults that do not happen at a particular call. */
export const notAtCalls = (states: readonly string[], functions: readonly string[]): Fault[] => [
  ...withoutPolicyDelays(states, functions),
  ...policyDelays(),
  ...readLags(),
  { kind: 'policies', seconds: 600, services: ['secretsmanager'], flicker: false },
  { kind: 'policies', seconds: 600, services: ['s3'], flicker: false },
];

/** The faults of `notAtCalls`, without the delays of IAM changes. */
export function withoutPolicyDelays(states: readonly string[], functions: readonly string[]): Fault[] {
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

/** Faults that are added after the end of an execution. */
export const AFTER_END: readonly Fault[] = [
  { kind: 'events', what: 'lost' },
  { kind: 'events', what: 'twice' },
  { kind: 'events', what: 'late' },
  { kind: 'redrive', when: 'ended' },
  { kind: 'redrive', when: 'closed' },
  { kind: 'quota' },
  { kind: 'policies', seconds: 600, flicker: false },
];
/** After the end of an execution, neither the status-change event nor the reconciler's schedule starts a check. */
export const AFTER_END_NO_CHECKS: readonly Fault[] = [
  { kind: 'events', what: 'lost' },
  { kind: 'schedule', what: 'lost', seconds: 3_600 },
];
