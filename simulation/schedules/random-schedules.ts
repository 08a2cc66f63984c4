import type { Catalogues } from '../faults/catalogues.ts';
import { Draw } from './draw.ts';
import type { Kind } from './kinds.ts';
import type { Fault, Schedule } from './schedule.ts';

/** Long outages take the most time and find the fewest violations, so most of them are dropped when they are drawn. */
const LONG_SECONDS = 3_600;
const LONG_DRAWN_ONE_IN = 12;

/**
 * A kind that is listed several times is drawn more often. Maintenance has the most possible faults, and the fewest calls in common with
 * others.
 */
const WEIGHTED_KINDS: readonly Kind[] = [
  'transfer',
  'transfer',
  'maintenance',
  'maintenance',
  'maintenance',
  'long',
  'scheduled',
];

/**
 * Schedule number `index` of a seed: one to three tasks, two or three faults, and a seed for the duration of calls. The same arguments give
 * the same schedule.
 */
export function randomSchedule(catalogues: Catalogues, seed: number, index: number): Schedule {
  const draw = new Draw(`${seed}:${index}`);
  const task = draw.of(WEIGHTED_KINDS);
  const count = 2 + draw.below(2);
  const faults: Fault[] = [];
  while (faults.length < count) {
    const fault = draw.of(catalogues[task]);
    const isLong = 'seconds' in fault && fault.seconds >= LONG_SECONDS;
    if (isLong && draw.below(LONG_DRAWN_ONE_IN) !== 0) continue;
    if (faults.every((other) => canBeCombined(other, fault))) faults.push(fault);
  }
  return {
    name: `random ${seed}:${index}`,
    task,
    tasks: task === 'scheduled' ? 1 : 1 + (draw.below(4) === 0 ? 1 + draw.below(2) : 0),
    apart: draw.of([0, 0, 1, 5, 30]),
    latency: 1 + draw.below(1_000_000),
    faults,
  };
}

/** A schedule has at most one fault of each of these kinds, because two of them would contradict each other. */
const AT_MOST_ONE = new Set<Fault['kind']>([
  'policies',
  'events',
  'schedule',
  'work',
  'redrive',
  'quota',
  'people',
  'window',
]);

const canBeCombined = (one: Fault, other: Fault): boolean =>
  one !== other && !(one.kind === other.kind && AT_MOST_ONE.has(one.kind));
