import type { Assembly } from 'taskbound-local/template/assembly';
import type { Finding } from './finding.ts';
import { runSchedule } from '../run-schedule.ts';
import type { Schedule } from './schedule.ts';

/** Removes faults and tasks one by one, as long as the same invariant is still violated. */
export async function shrink(assembly: Assembly, schedule: Schedule, invariant: number): Promise<Finding> {
  const found = await findViolation(assembly, schedule, invariant);
  if (found === undefined)
    throw new Error(
      `The schedule ${schedule.name} breaks no invariant when it runs again, so the simulation is not deterministic.`,
    );
  for (const smaller of smallerSchedules(schedule))
    if ((await findViolation(assembly, smaller, invariant)) !== undefined)
      return shrink(assembly, smaller, invariant);
  return found;
}

function smallerSchedules(schedule: Schedule): Schedule[] {
  const { faults, tasks, apart, latency } = schedule;
  return [
    ...faults.map((_, index) => ({ ...schedule, faults: faults.toSpliced(index, 1) })),
    ...(tasks > 1
      ? [
          { ...schedule, tasks: 1 },
          { ...schedule, tasks: tasks - 1 },
        ]
      : []),
    ...(apart > 0 ? [{ ...schedule, apart: 0 }] : []),
    ...(latency > 1 ? [{ ...schedule, latency: 1 }] : []),
  ];
}

async function findViolation(
  assembly: Assembly,
  schedule: Schedule,
  invariant: number,
): Promise<Finding | undefined> {
  const { violations, trace } = await runSchedule(assembly, schedule);
  const violation = violations.find((each) => each.invariant === invariant);
  return violation && { violation, schedule, trace };
}
