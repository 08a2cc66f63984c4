import { atCall, notAtCalls, STATES_OF_WORK } from './faults.ts';
import type { Kind } from '../schedules/kinds.ts';
import type { Fault } from '../schedules/schedule.ts';
import { functionsOf } from '../schedules/single-faults.ts';
import type { Sites } from './sites.ts';

/** The faults that a random schedule may combine, for each kind of task. */
export type Catalogues = Readonly<Record<Kind, readonly Fault[]>>;

export function catalogues({ plain, maintenance, others, states }: Sites): Catalogues {
  const reachedBy = (task: Kind): Fault[] =>
    others
      .filter(({ flow }) => flow.task === task && flow.faults.length === 0)
      .flatMap(({ sites }) => sites.flatMap(({ site }) => atCall(site)));
  const transfer = [
    ...plain.flatMap(atCall),
    ...notAtCalls(states.transfer, functionsOf(plain)),
    ...EVENT_AND_REDRIVE_FAULTS,
    ...states.transfer.map((state): Fault => ({ kind: 'end', state })),
  ];
  const ends = maintenance.filter(({ of }) => of === 'Decide' || STATES_OF_WORK.has(of));
  return {
    transfer,
    long: [...transfer, ...reachedBy('long')],
    scheduled: [...transfer.filter((fault) => !isAtFunction(fault, 'Submit')), ...reachedBy('scheduled')],
    maintenance: [
      ...maintenance.flatMap(atCall),
      ...notAtCalls(states.maintenance, functionsOf(maintenance)),
      ...EVENT_AND_REDRIVE_FAULTS,
      ...states.maintenance.map((state): Fault => ({ kind: 'end', state })),
      ...ends.map((at): Fault => ({ kind: 'end-at', at })),
      ...PEOPLE_AND_WINDOWS,
    ],
  };
}

const isAtFunction = (fault: Fault, name: string): boolean =>
  ('of' in fault && fault.of === name) || ('at' in fault && fault.at.of === name);

const EVENT_AND_REDRIVE_FAULTS: readonly Fault[] = [
  { kind: 'events', what: 'lost' },
  { kind: 'events', what: 'twice' },
  { kind: 'events', what: 'late' },
  { kind: 'redrive', when: 'ended' },
  { kind: 'redrive', when: 'closed' },
  { kind: 'schedule', what: 'lost', seconds: 1_200 },
];

/**
 * Other windows, and other decisions of people. They are repeated, because otherwise they would be drawn much less often than faults at
 * calls.
 */
const PEOPLE_AND_WINDOWS: readonly Fault[] = Array.from({ length: 10 }, (): readonly Fault[] => [
  { kind: 'people', what: 'refuse' },
  { kind: 'people', what: 'nobody' },
  { kind: 'people', what: 'one' },
  { kind: 'people', what: 'late' },
  { kind: 'window', opensSeconds: 0, lastsSeconds: 110 },
  { kind: 'window', opensSeconds: 60, lastsSeconds: 100 },
  { kind: 'window', opensSeconds: 0, lastsSeconds: 600 },
]).flat();
