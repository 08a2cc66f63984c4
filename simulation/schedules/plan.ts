import { catalogues } from '../faults/catalogues.ts';
import { randomSchedule } from './random-schedules.ts';
import type { Schedule } from './schedule.ts';
import { singleFaults } from './single-faults.ts';
import type { Sites } from '../faults/sites.ts';

/** The numbered schedules of a simulation: first those with a single fault, then random schedules that are drawn with the seed. */
export interface Plan {
  readonly singles: number;
  readonly size: number;
  at(index: number): Schedule;
}

export interface PlanOptions {
  readonly seed: number;
  /** How many random schedules are drawn. */
  readonly schedules: number;
  readonly sites: Sites;
  /** Selects the single faults by name. @default all */
  readonly only?: RegExp;
  /** Selects every n-th single fault. This still covers all kinds of sites, in less time. @default 1: all */
  readonly every?: number;
}

/** The same options always give the same plan, so each worker makes the plan itself. */
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
