import type { Template } from 'taskbound-local/template/template';
import { deploy, type Deployed } from './deployed.ts';
import { ENDING } from './exercise/ending.ts';
import { OPERATING } from './exercise/operating.ts';
import { PEOPLE } from './exercise/people.ts';
import { withShortTail, withSmallParts } from './exercise/prepared.ts';
import { prepareStack, type Scenario } from './exercise/scenario.ts';
import { WORKING } from './exercise/working.ts';

/** Together, the scenarios use every permission of the sample. */
export const SCENARIOS: readonly Scenario[] = [...WORKING, ...PEOPLE, ...ENDING, ...OPERATING];

export interface Exercised {
  readonly line: string;
  readonly stack: Deployed;
}

/**
 * Runs a scenario in a new stack, so that its line and the statements it uses do not depend on earlier scenarios. The clock starts at the
 * current time, because the database server checks the deadline of a login with the time of this machine.
 */
export async function exercise(
  { run }: Scenario,
  change: (template: Template) => Template = (template) => template,
): Promise<Exercised> {
  const stack = await deploy('sample', {
    startMs: new Date().getTime(),
    transform: (template) => change(withShortTail(withSmallParts(template))),
  });
  await prepareStack(stack);
  const line = await run(stack).catch((error: Error) => `${run.name} threw ${error.name}: ${error.message}`);
  // The clock stops here, because a boundary that can never be proven is torn down repeatedly. A closed stack can still be read.
  stack.aws.clock.hold();
  await stack.aws.close();
  return { line, stack };
}
