import { MACHINE } from '../faults/injector.ts';
import {
  atCall,
  atNewCall,
  notAtCalls,
  withoutPolicyDelays,
  STATES_OF_WORK,
  AFTER_END,
  AFTER_END_NO_CHECKS,
} from '../faults/faults.ts';
import type { Kind } from './kinds.ts';
import { textOf, type Fault, type Schedule, type Site } from './schedule.ts';
import { scheduleOf, type FoundSite, type Sites } from '../faults/sites.ts';

/** A schedule for each single fault: every fault of a transfer, and the faults of other flows that a transfer does not cover. */
export function singleFaults(sites: Sites): Schedule[] {
  return [
    ...ofTransfers(sites),
    ...ofOtherFlows(sites),
    ...ofMaintenance(sites),
    ...ofEnds(sites),
    ...ofLongWork(),
    ...ofReadLags(sites),
  ];
}

/** The longest read lag with the other kinds of tasks, and with each end of a function that makes something. */
function ofReadLags({ plain }: Sites): Schedule[] {
  const lag: Fault = { kind: 'reads', of: 'secretsmanager', seconds: 9 };
  const lags: Fault[] = [lag, { kind: 'reads', of: 'sts', seconds: 9 }];
  const making = plain.filter(({ of }) => of === 'IssueSecret' || of === 'IssueIdentity');
  const ends = making.flatMap((at): Fault[][] => [
    [{ kind: 'kill', at, when: 'after' }],
    [{ kind: 'stop-at', at }],
    // The function makes something shortly before its timeout, long after the task has ended.
    [
      { kind: 'stop-at', at },
      { kind: 'run-on', at, seconds: 26 },
    ],
  ]);
  return [
    ...(['maintenance', 'long', 'scheduled'] as const).flatMap((task) => alone(task, `${task}: `, lags)),
    scheduleOf({ task: 'transfer' }, lags.map(textOf).join(' and '), lags),
    ...ends.map((faults) =>
      scheduleOf({ task: 'transfer' }, `${textOf(lag)}, then ${faults.map(textOf).join(' and ')}`, [
        lag,
        ...faults,
      ]),
    ),
  ];
}

const alone = (task: Kind, prefix: string, faults: readonly Fault[]): Schedule[] =>
  faults.map((fault) => scheduleOf({ task }, `${prefix}${textOf(fault)}`, [fault]));

function ofTransfers({ plain, stopped, states }: Sites): Schedule[] {
  const STOPPED: Fault = { kind: 'stop', state: 'RunWork' };
  return [
    scheduleOf({ task: 'transfer' }, 'nothing goes wrong', []),
    ...alone('transfer', '', plain.flatMap(atCall)),
    ...alone('transfer', '', notAtCalls(states.transfer, functionsOf(plain))),
    ...stopped
      .flatMap(atCall)
      .map((fault) => scheduleOf({ task: 'transfer' }, `stopped, then ${textOf(fault)}`, [STOPPED, fault])),
    ...withLaterFaults('transfer', '', endsOfTransfers(states.transfer)),
  ];
}

/** The functions that make the given calls. */
export const functionsOf = (sites: readonly Site[]): string[] => [
  ...new Set(sites.map(({ of }) => of).filter((of) => of !== MACHINE)),
];

const endsOfTransfers = (states: readonly string[]): Fault[] => [
  ...states.map((state): Fault => ({ kind: 'stop', state })),
  // During the work, and during the issue of its identity.
  { kind: 'stop-at', at: { of: 'Work', invocation: 1, call: 2 } },
  { kind: 'stop-at', at: { of: 'IssueIdentity', invocation: 1, call: 9 } },
  { kind: 'work', what: 'throws' },
  { kind: 'work', what: 'hangs' },
];

/** Combines each of these ends with each fault that has an effect only after an end. */
const withLaterFaults = (task: Kind, prefix: string, ends: readonly Fault[]): Schedule[] =>
  ends.flatMap((end) => [
    ...AFTER_END.map((next) =>
      scheduleOf({ task }, `${prefix}${textOf(end)}, then ${textOf(next)}`, [end, next]),
    ),
    scheduleOf({ task }, `${prefix}${textOf(end)}, and nothing looks for an hour`, [
      end,
      ...AFTER_END_NO_CHECKS,
    ]),
  ]);

/** Each other flow without a further fault, and with a fault at each call that no earlier flow reaches. */
const ofOtherFlows = ({ others }: Sites): Schedule[] =>
  others.flatMap(({ flow, sites }) => [
    scheduleOf(flow, `${flow.name}: nothing else goes wrong`, flow.faults),
    ...sites
      .flatMap(({ site, service }: FoundSite) => atNewCall(site, service))
      .map((fault) => scheduleOf(flow, `${flow.name}: ${textOf(fault)}`, [...flow.faults, fault])),
  ]);

/** A window that is open at the time of the request, and is only slightly longer than the work. */
const SHORT: Fault = { kind: 'window', opensSeconds: 0, lastsSeconds: 110 };

function ofMaintenance({ maintenance, states }: Sites): Schedule[] {
  const ends: Fault[] = [
    { kind: 'stop', state: 'AwaitWindow' },
    { kind: 'end', state: 'AwaitWindow' },
    { kind: 'end', state: 'RunWork' },
    { kind: 'work', what: 'hangs' },
  ];
  const deciding = maintenance.filter(({ of, invocation }) => of === 'Decide' && invocation > 2);
  const late = deciding.map((at): Fault => ({ kind: 'kill', at, when: 'after' }));
  return [
    ...alone(
      'maintenance',
      'maintenance: ',
      withoutPolicyDelays(states.maintenance, functionsOf(maintenance)),
    ),
    ...alone('maintenance', 'maintenance: ', [{ kind: 'people', what: 'one' }, SHORT]),
    ...withLaterFaults('maintenance', 'maintenance: ', ends),
    // The task is started late and rejected, because its window has closed.
    ...late.map((fault) =>
      scheduleOf({ task: 'maintenance' }, `maintenance in a short window: ${textOf(fault)}`, [SHORT, fault]),
    ),
  ];
}

/** A person ends the task: in each state, and at each call before the end of its work. */
function ofEnds({ plain, others, states }: Sites): Schedule[] {
  const inState = (state: string): Fault => ({ kind: 'end', state });
  const during = (sites: readonly Site[]): Fault[] =>
    sites.filter(({ of }) => STATES_OF_WORK.has(of)).map((at) => ({ kind: 'end-at', at }));
  return [
    ...alone('transfer', 'ended: ', [...states.transfer.map(inState), ...during(plain)]),
    ...alone('maintenance', 'maintenance: ', [
      ...states.maintenance.map(inState),
      ...during(newSitesOf('maintenance', others)),
    ]),
    ...withLaterFaults('transfer', 'ended: ', [inState('IssueIdentity'), inState('RunWork')]),
  ];
}

/** The calls that a flow reaches and earlier flows do not. */
const newSitesOf = (name: string, others: Sites['others']): Site[] =>
  others.filter(({ flow }) => flow.name === name).flatMap(({ sites }) => sites.map(({ site }) => site));

const ofLongWork = (): Schedule[] => [
  ...alone('long', 'long: ', [
    { kind: 'policies', seconds: 600, flicker: false },
    { kind: 'policies', seconds: 10, flicker: true },
    { kind: 'end', state: 'MoreToDo' },
  ]),
  ...withLaterFaults('long', 'long: ', [{ kind: 'stop', state: 'MoreToDo' }]),
];
