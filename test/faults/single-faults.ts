import type { Assembly } from '../../local/template/assembly.ts';
import { MACHINE } from './injector.ts';
import { runSchedule } from './run-schedule.ts';
import { siteText, type Fault, type Schedule, type Site } from './schedule.ts';

/** "Until further notice": longer than the tail and more than one Teardown keep trying. */
const FURTHER_NOTICE_SECONDS = 14_400;
const OUTAGES_SECONDS = [600, 10_800, FURTHER_NOTICE_SECONDS];
const THROTTLE_SECONDS = 20;
/** Nearly as long as a control function may run. */
const RUN_ON_SECONDS = 20;
const AGAIN_SECONDS = [0, 30, 300];
const STATES = [
  'Admit',
  'Issue receiptKey',
  'IssueIdentity',
  'RunWork',
  'MoreToDo',
  'RevokeAndRecord',
  'ProveRevoked',
  'CloseBoundary',
  'Outcome',
  'TaskSucceeded',
];
const FUNCTIONS = [
  'Submit',
  'Admit',
  'IssueSecret',
  'IssueIdentity',
  'Work',
  'RevokeAndRecord',
  'ProveRevoked',
  'CloseBoundary',
  'Reconcile',
];

/** Functions that act for one execution, which can be stopped meanwhile. */
const OF_EXECUTIONS = new Set(FUNCTIONS.filter((name) => name !== 'Submit' && name !== 'Reconcile'));

const named = (name: string, faults: readonly Fault[]): Schedule => ({
  name,
  task: 'transfer',
  tasks: 1,
  apart: 0,
  latency: 1,
  faults: [...faults],
});

/** All that can go wrong at one call. */
function atCall(at: Site): Fault[] {
  const onService: Fault[] = [
    { kind: 'refuse', at },
    { kind: 'lose', at, attempts: 'first' },
    { kind: 'lose', at, attempts: 'all' },
    { kind: 'throttle', at, seconds: THROTTLE_SECONDS },
    ...OUTAGES_SECONDS.map((seconds): Fault => ({ kind: 'outage', at, seconds })),
  ];
  if (at.of === MACHINE) return onService;
  const onFunction: Fault[] = [
    { kind: 'kill', at, when: 'before' },
    { kind: 'kill', at, when: 'after' },
    { kind: 'run-on', at, seconds: RUN_ON_SECONDS },
    { kind: 'twice', at },
  ];
  return [
    ...onService,
    ...onFunction,
    ...(OF_EXECUTIONS.has(at.of) ? [{ kind: 'stop-at', at } as const] : []),
  ];
}

/** All that can go wrong at no call in particular. */
function elsewhere(): Fault[] {
  const policies = [0, 10, 60, 600].flatMap((seconds): Fault[] => [
    { kind: 'policies', seconds, flicker: false },
    ...(seconds > 0 ? [{ kind: 'policies', seconds, flicker: true } as const] : []),
  ]);
  return [
    ...STATES.map((state): Fault => ({ kind: 'stop', state })),
    ...FUNCTIONS.flatMap((of) =>
      AGAIN_SECONDS.map((seconds): Fault => ({ kind: 'again', of, invocation: 1, seconds })),
    ),
    ...FUNCTIONS.flatMap((of) => [-2, 2].map((seconds): Fault => ({ kind: 'skew', of, seconds }))),
    ...policies,
    { kind: 'policies', seconds: 600, services: ['secretsmanager'], flicker: false },
    { kind: 'policies', seconds: 600, services: ['s3'], flicker: false },
    { kind: 'quota' },
    { kind: 'by-hand', what: 'teardown' },
    { kind: 'by-hand', what: 'execution' },
    { kind: 'work', what: 'throws' },
    { kind: 'work', what: 'hangs' },
    { kind: 'schedule', what: 'twice', seconds: 3_600 },
  ];
}

/** What has an effect only where something else went wrong first. */
function afterAnEnd(): Schedule[] {
  const ends: Fault[] = [
    ...STATES.map((state): Fault => ({ kind: 'stop', state })),
    // While the work runs, and while its identity is being issued.
    { kind: 'stop-at', at: { of: 'Work', invocation: 1, call: 2 } },
    { kind: 'stop-at', at: { of: 'IssueIdentity', invocation: 1, call: 9 } },
    { kind: 'work', what: 'throws' },
    { kind: 'work', what: 'hangs' },
  ];
  const then: Fault[] = [
    { kind: 'events', what: 'lost' },
    { kind: 'events', what: 'twice' },
    { kind: 'events', what: 'late' },
    { kind: 'redrive', when: 'ended' },
    { kind: 'redrive', when: 'closed' },
    { kind: 'quota' },
    { kind: 'policies', seconds: 600, flicker: false },
  ];
  const lost: Fault[] = [
    { kind: 'events', what: 'lost' },
    { kind: 'schedule', what: 'lost', seconds: 3_600 },
  ];
  return ends.flatMap((end) => [
    ...then.map((next) => named(`${textOf(end)}, then ${textOf(next)}`, [end, next])),
    named(`${textOf(end)}, and nothing looks for an hour`, [end, ...lost]),
  ]);
}

/** Where a fault can be: each call of a plain task, and those that only the reconciler of a stopped one makes. */
export interface Sites {
  readonly plain: readonly Site[];
  readonly stopped: readonly Site[];
}

const STOPPED: Fault = { kind: 'stop', state: 'RunWork' };

export async function findSites(assembly: Assembly): Promise<Sites> {
  const plain = await callsOf(assembly, named('plain', []));
  const stopped = await callsOf(assembly, named('stopped', [STOPPED]));
  return { plain, stopped: stopped.filter(({ of }) => of === 'Reconcile') };
}

async function callsOf(assembly: Assembly, schedule: Schedule): Promise<Site[]> {
  const calls: Site[] = [];
  await runSchedule(assembly, schedule, {
    opened: ({ injector }) => void (injector.onCall = (site) => void calls.push(site)),
  });
  return calls;
}

/** Every fault alone, each a schedule. */
export function singleFaults({ plain, stopped }: Sites): Schedule[] {
  return [
    named('nothing goes wrong', []),
    ...plain.flatMap(atCall).map((fault) => named(textOf(fault), [fault])),
    ...elsewhere().map((fault) => named(textOf(fault), [fault])),
    ...stopped.flatMap(atCall).map((fault) => named(`stopped, then ${textOf(fault)}`, [STOPPED, fault])),
    ...afterAnEnd(),
  ];
}

/** Faults that may stand together, for schedules drawn at random. */
export const catalogue = ({ plain }: Sites): readonly Fault[] => [
  ...plain.flatMap(atCall),
  ...elsewhere(),
  ...MORE,
];

const MORE: readonly Fault[] = [
  { kind: 'events', what: 'lost' },
  { kind: 'events', what: 'twice' },
  { kind: 'events', what: 'late' },
  { kind: 'redrive', when: 'ended' },
  { kind: 'redrive', when: 'closed' },
  { kind: 'schedule', what: 'lost', seconds: 1_200 },
];

/** For people, and unique. */
export function textOf(fault: Fault): string {
  const { kind, ...rest } = fault;
  const words = Object.entries(rest).map(([name, value]) =>
    name === 'at' ? `at ${siteText(value as Site)}` : Array.isArray(value) ? value.join('+') : String(value),
  );
  return [kind, ...words].join(' ');
}
