import { catalogues } from '../faults/catalogues.ts';
import { randomSchedule } from './random-schedules.ts';
import type { Schedule } from './schedule.ts';
import { singleFaults } from './single-faults.ts';
import type { Sites } from '../faults/sites.ts';

/** What a simulation runs, by number: first every fault alone, then schedules drawn by the seed. */
export interface Plan {
  readonly singles: number;
  readonly size: number;
  at(index: number): Schedule;
}

export interface PlanOptions {
  readonly seed: number;
  /** How many schedules are drawn. */
  readonly schedules: number;
  readonly sites: Sites;
  /** Only the faults alone whose names match. @default all */
  readonly only?: RegExp;
  /** Only the first of each so many of them: all kinds of places, in a part of the time. @default 1: all */
  readonly every?: number;
}

/** The same options, the same plan: every worker makes its own. */
export function makePlan({ seed, schedules, sites, only = /./, every = 1 }: PlanOptions): Plan {
  const singles = singleFaults(sites)
    .filter(({ name }) => only.test(name))
    .filter((_schedule, index) => index % every === 0);
  const faults = catalogues(sites);
  return {
    singles: singles.length,
    size: singles.length + schedules,
    at: (index) => singles[index] ?? randomSchedule(faults, seed, index - singles.length + 1),
  };
}
